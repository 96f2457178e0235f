import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { FlowSyncError } from '@flowsync/crdt'

/** Where Debian, Fedora and Homebrew keep PostgreSQL's programs, each with a folder for every version or none. */
const POSTGRES_FOLDERS = ['/usr/lib/postgresql', '/usr', '/usr/local', '/opt/homebrew/opt']

/** The folder of the programs of one PostgreSQL installation, the newest one where there are several. */
export function findPostgres(): string {
  const versions = POSTGRES_FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /^(postgresql@|pgsql-)?\d+$/.test(name))
      .sort((a, b) => Number(b.replace(/\D+/, '')) - Number(a.replace(/\D+/, '')))
      .map((name) => join(folder, name, 'bin')),
  )
  const found = [...searchPath(), ...versions].find((folder) =>
    ['postgres', 'initdb', 'pg_isready'].every((name) => existsSync(join(folder, name))),
  )
  return found ?? missing('PostgreSQL (postgres, initdb, pg_isready)', 'postgresql')
}

/** The file of `redis-server`. */
export function findRedis(): string {
  const folder = searchPath().find((name) => existsSync(join(name, 'redis-server')))
  return folder === undefined ? missing('redis-server', 'redis-server') : join(folder, 'redis-server')
}

function searchPath(): string[] {
  return (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
}

function missing(what: string, debianPackage: string): never {
  throw new FlowSyncError(
    'config/invalid',
    `${what} is missing: chaos starts servers of its own. On Debian and Ubuntu: sudo apt-get install ${debianPackage}.`,
  )
}
