import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { canInstallPackages, installPackages, which } from './system-packages.mjs'

const debianFolder = '/usr/lib/postgresql'

/**
 * Where PostgreSQL's server programs are. Debian keeps them out of the PATH.
 *
 * @returns {string | undefined} their folder
 */
export function findPostgres() {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder) : []
  const ofDebian = versions.map((version) => join(debianFolder, version, 'bin'))
  return [...onPath, ...ofDebian].find((folder) =>
    ['postgres', 'initdb'].every((name) => existsSync(join(folder, name))),
  )
}

/**
 * Debian packages that hold the programs which are missing.
 *
 * @param {{ redis: string | undefined, postgres: string | undefined }} found
 * @returns {string[]}
 */
export function missingServers({ redis, postgres }) {
  return [...(redis === undefined ? ['redis-server'] : []), ...(postgres === undefined ? ['postgresql'] : [])]
}

const missingNow = () => missingServers({ redis: which('redis-server'), postgres: findPostgres() })

/**
 * Sees to it that the programs of Redis and PostgreSQL are installed, for suites that start servers of their own.
 *
 * @param {(chunk: string) => void} onOutput
 * @returns {Promise<true>} rejects with advice when they are missing and cannot be installed
 */
export async function provideServers(onOutput) {
  const missing = missingNow()
  if (missing.length === 0) return true
  const advice =
    `Missing: ${missing.join(' and ')}. Install the programs (Debian and Ubuntu: sudo apt-get install ${missing.join(' ')}; ` +
    'macOS: brew install redis postgresql).'
  if (!canInstallPackages()) throw new Error(advice)
  onOutput(`installing ${missing.join(' and ')}\n`)
  const { output } = await installPackages(missing, onOutput)
  if (missingNow().length > 0) throw new Error(`${advice}\napt-get said:\n${output}`)
  return true
}
