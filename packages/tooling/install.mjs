import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { run } from './process.mjs'
import { nodePath, packageDirectories, readManifest, root } from './workspace.mjs'

const stampFile = join(root, 'node_modules', '.flowsync-install')

/** @returns {string} changes whenever an install would do something else */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`)
  const files = [
    join(root, 'pnpm-lock.yaml'),
    join(root, 'pnpm-workspace.yaml'),
    ...[root, ...packageDirectories()].map((directory) => join(directory, 'package.json')),
  ]
  for (const file of files) hash.update(file.slice(root.length)).update(readFileSync(file))
  return hash.digest('hex')
}

/** @returns {boolean} whether the dependencies of this very checkout are in place */
export function isInstalled() {
  return existsSync(nodePath) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === fingerprint()
}

/**
 * Installs the dependencies exactly as the lockfile says.
 *
 * @param {(chunk: string) => void} [onOutput]
 * @param {string} [logFile]
 * @returns {Promise<import('./process.mjs').Outcome>}
 */
export async function install(onOutput, logFile) {
  const pnpm = readManifest(root).packageManager ?? 'pnpm'
  const outcome = await run('npx', ['--yes', pnpm, 'install', '--frozen-lockfile'], {
    // npx runs on the Node that is at hand: the installed one may be what is being replaced.
    env: { ...process.env },
    ...(onOutput ? { onOutput } : {}),
    ...(logFile === undefined ? {} : { logFile }),
  })
  if (outcome.code !== 0) return outcome
  const version = await run(nodePath, ['--version'])
  if (version.code !== 0) {
    return { ...version, output: `${outcome.output}\nthe installed Node does not run: ${version.output}` }
  }
  writeFileSync(stampFile, fingerprint())
  return outcome
}
