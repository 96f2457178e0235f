import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { run } from './process.mjs'

/**
 * @param {string} name
 * @param {string} [path] a PATH
 * @returns {string | undefined} where the command is
 */
export function which(name, path = process.env['PATH'] ?? '') {
  return path
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .find((file) => existsSync(file))
}

/** Whether this process may install Debian packages. */
export const canInstallPackages = () =>
  process.getuid?.() === 0 && existsSync('/etc/debian_version') && which('apt-get') !== undefined

/** @type {Promise<unknown> | undefined} */
let updated

/**
 * Installs Debian packages, after a look at what the archive has now.
 *
 * @param {readonly string[]} names
 * @param {(chunk: string) => void} onOutput
 * @returns {Promise<import('./process.mjs').Outcome>}
 */
export async function installPackages(names, onOutput) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Another apt-get may hold the lock for a while: a fresh machine often updates itself.
  const wait = ['-o', 'DPkg::Lock::Timeout=120']
  // Without package lists there is nothing to install from; a stale list is better than none.
  updated ??= run('apt-get', [...wait, 'update', '-qq'], { env, onOutput })
  await updated
  return run('apt-get', [...wait, 'install', '-y', '-qq', '--no-install-recommends', ...names], {
    env,
    onOutput,
  })
}
