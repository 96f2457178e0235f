import { spawn } from 'node:child_process'
import { join } from 'node:path'

import { install, isInstalled } from './install.mjs'
import { nodeProblem } from './node-version.mjs'
import { run } from './process.mjs'
import { bin, environment, nodePath, root } from './workspace.mjs'

/** The commands and the packages they come from; they run on the installed Node after a build of what they need. */
const commands = new Map([
  ['sim', { package: 'testkit', script: 'cli/sim.js' }],
  ['replay', { package: 'testkit', script: 'cli/replay.js' }],
  ['chaos', { package: 'testkit', script: 'cli/chaos.js' }],
  ['bench:crdt', { package: 'bench', script: 'crdt/cli.js' }],
  ['bench:hub', { package: 'bench', script: 'hub/cli.js' }],
])

const say = (/** @type {string} */ text) => void process.stderr.write(text)

/** @returns {Promise<number>} the exit code */
async function main() {
  const [name = '', ...rest] = process.argv.slice(2)
  // pnpm hands a separating `--` on.
  const args = rest[0] === '--' ? rest.slice(1) : rest
  const command = commands.get(name)
  if (command === undefined) {
    say(`usage: run.mjs ${[...commands.keys()].join('|')} [arguments]\n`)
    return 2
  }
  const problem = nodeProblem()
  if (problem !== undefined) {
    say(`${problem}\n`)
    return 1
  }
  if (!isInstalled()) {
    say('installing dependencies …\n')
    const { code, output } = await install()
    if (code !== 0) {
      say(output)
      return code
    }
  }
  const build = await run(bin('turbo'), [
    'run',
    'build',
    `--filter=@flowsync/${command.package}`,
    '--output-logs=errors-only',
  ])
  if (build.code !== 0) {
    say(build.output)
    return build.code
  }
  const script = join(root, 'packages', command.package, 'dist', command.script)
  // Paths among the arguments are relative to where the user stands, not to the repository.
  const cwd = process.env['INIT_CWD'] ?? process.cwd()
  const child = spawn(nodePath, [script, ...args], { cwd, env: environment(), stdio: 'inherit' })
  // The terminal sends Ctrl-C to the child too; what it takes to end is its own business.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve) => {
    child.on('error', (error) => {
      say(`${error.message}\n`)
      resolve(127)
    })
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)))
  })
}

process.exitCode = await main()
