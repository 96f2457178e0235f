import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'

import { install, isInstalled } from './install.mjs'
import { nodeProblem } from './node-version.mjs'
import { run } from './process.mjs'
import { step, StepError } from './progress.mjs'
import { bin, publishedPackages, root } from './workspace.mjs'

const help = `npm run pack -- [DIR]

Builds the packages and packs them as npm would get them, for applications outside of this repository.
DIR is where the tarballs go (default .flowsync/packages).`

/** What every application needs; a binding comes on top. */
const basics = ['crdt', 'protocol', 'token', 'core', 'hub']

const print = (/** @type {string} */ text) => void process.stdout.write(`${text}\n`)

/**
 * @param {string} what
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} [cwd]
 */
async function need(what, command, args, cwd = root) {
  const { code, output } = await run(command, args, { cwd })
  if (code !== 0) throw new StepError(`${what} failed`, output)
}

/** @param {string} directory where the tarballs go */
async function packAll(directory) {
  mkdirSync(directory, { recursive: true })
  if (!isInstalled()) {
    await step('installing dependencies', print, async (onOutput) => {
      const { code, output } = await install(onOutput)
      if (code !== 0) throw new StepError('the dependencies could not be installed', output)
    })
  }
  const packages = publishedPackages()
  await step('building', print, () => {
    const filters = packages.map(({ manifest }) => `--filter=${manifest.name}`)
    return need('the build', bin('turbo'), ['run', 'build', ...filters, '--concurrency=2'])
  })
  await step('packing', print, async () => {
    for (const { directory: cwd, manifest } of packages) {
      await need(`packing ${manifest.name}`, bin('pnpm'), ['pack', '--pack-destination', directory], cwd)
    }
  })
  const files = packages
    .filter(({ manifest }) => basics.includes(manifest.name.replace('@flowsync/', '')))
    .map(({ manifest }) => `${directory}/${manifest.name.slice(1).replace('/', '-')}-${manifest.version}.tgz`)
  print(`\nIn your application:\n\n  npm install ${files.join(' \\\n    ')}\n`)
  print(
    'and, in the same way, the binding for your framework. Storage in browsers also wants: npm install dexie',
  )
}

const [first = '.flowsync/packages', ...rest] = process.argv.slice(2)
const problem = nodeProblem()
if (first.startsWith('-') || rest.length > 0 || problem !== undefined) {
  const isHelp = ['--help', '-h'].includes(first)
  ;(isHelp ? process.stdout : process.stderr).write(`${problem ?? help}\n`)
  process.exitCode = isHelp ? 0 : 2
} else {
  try {
    await packAll(resolve(process.env['INIT_CWD'] ?? root, first))
  } catch (error) {
    if (!(error instanceof StepError)) throw error
    process.stderr.write(`\n${error.message}\n${error.output}\n`)
    process.exitCode = 1
  }
}
