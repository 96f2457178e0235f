import { execFile, spawn } from 'node:child_process'
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { anyFreePort } from './ports.mjs'
import { hasEnded, stop } from './process.mjs'
import { findPostgres } from './servers.mjs'
import { canInstallPackages, installPackages } from './system-packages.mjs'
import { root } from './workspace.mjs'

const defaultPort = 5432

/**
 * @typedef {object} PostgresSituation what there is on this machine
 * @property {string | undefined} url DATABASE_URL
 * @property {string | undefined} usable of a server on the default port that lets us create a schema
 * @property {string | undefined} programs the folder of PostgreSQL's programs
 * @property {boolean} mayInstall
 */

/**
 * The nearest PostgreSQL: the one named, one that runs and takes us, one that can be started, one that can be installed.
 *
 * @param {PostgresSituation} situation
 * @returns {{ kind: 'use', url: string } | { kind: 'start', programs: string } | { kind: 'install' } | { kind: 'missing' }}
 */
export function planPostgres({ url, usable, programs, mayInstall }) {
  if (url) return { kind: 'use', url }
  if (usable !== undefined) return { kind: 'use', url: usable }
  if (programs !== undefined) return { kind: 'start', programs }
  return mayInstall ? { kind: 'install' } : { kind: 'missing' }
}

const postgresAdvice =
  'PostgreSQL is missing. Install it (Debian and Ubuntu: sudo apt-get install postgresql; macOS: brew install postgresql), ' +
  'or set DATABASE_URL to a database in which these tests may create schemas: postgres://user:password@host:5432/database.'

/** @typedef {{ url: string, stop: () => Promise<void> }} Postgres */

/**
 * Finds, starts or installs PostgreSQL.
 *
 * @param {(chunk: string) => void} onOutput
 * @param {number} [port] where one may run already
 * @returns {Promise<Postgres>} rejects with advice when there is none to be had
 */
export async function providePostgres(onOutput, port = defaultPort) {
  const situation = async () => ({
    url: process.env['DATABASE_URL'],
    usable: await findUsable(port),
    programs: findPostgres(),
    mayInstall: canInstallPackages(),
  })
  let plan = planPostgres(await situation())
  if (plan.kind === 'install') {
    onOutput('installing postgresql\n')
    const outcome = await installPackages(['postgresql'], onOutput)
    if (outcome.code !== 0) throw new Error(`${postgresAdvice}\napt-get said:\n${outcome.output}`)
    plan = planPostgres({ ...(await situation()), mayInstall: false })
  }
  if (plan.kind === 'use') return { url: plan.url, stop: async () => {} }
  if (plan.kind === 'start') return startPostgres(plan.programs)
  throw new Error(postgresAdvice)
}

/**
 * The URL of a database on this machine that takes us without a password and lets us create a schema. Only one that is
 * called `test`: in others a stranger has nothing to write.
 *
 * @param {number} port
 * @returns {Promise<string | undefined>}
 */
async function findUsable(port) {
  for (const user of ['postgres', userInfo().username]) {
    const url = `postgres://${encodeURIComponent(user)}@127.0.0.1:${port}/test`
    if ((await problemWith(url)) === undefined) return url
  }
  return undefined
}

/**
 * @typedef {object} PgClient what we use of `pg`
 * @property {(event: 'error', listener: () => void) => void} on
 * @property {() => Promise<unknown>} connect
 * @property {(text: string) => Promise<unknown>} query
 * @property {() => Promise<void>} end
 */

/**
 * @param {string} url
 * @returns {Promise<unknown>} why no schema can be created there; undefined when one can
 */
async function problemWith(url) {
  const requireFromHub = createRequire(join(root, 'packages', 'hub', 'package.json'))
  /** @type {unknown} */
  const loaded = requireFromHub('pg')
  const pg = /** @type {{ Client: new (options: object) => PgClient }} */ (loaded)
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000, query_timeout: 1000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(`BEGIN; CREATE SCHEMA flowsync_probe_${process.pid}; ROLLBACK`)
    return undefined
  } catch (error) {
    return error
  } finally {
    // A server that takes no connection has none to end.
    void client.end().catch(() => {})
  }
}

/**
 * Starts a PostgreSQL that is gone after `stop`. Not the one of testkit: nothing is built yet.
 *
 * @param {string} programs
 * @returns {Promise<Postgres>}
 */
async function startPostgres(programs) {
  const directory = mkdtempSync(join(tmpdir(), 'flowsync-postgres-'))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  // PostgreSQL refuses to run as root.
  const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined
  if (user !== undefined) chownSync(directory, user.uid, user.gid)
  const data = join(directory, 'data')
  const init = ['-D', data, '-U', 'flowsync', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync']
  try {
    await promisify(execFile)(join(programs, 'initdb'), init, { ...user, cwd: directory })
  } catch (error) {
    remove()
    throw error
  }

  const port = await anyFreePort()
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=']
  const child = spawn(
    join(programs, 'postgres'),
    ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    {
      ...user,
      cwd: directory,
      // Ctrl-C in a terminal is for us; we end it in good order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  child.stderr.on('data', (chunk) => (output += String(chunk)))
  child.on('error', (error) => (output += error.message))
  const end = async () => {
    // Ends connections too; the SIGTERM of `stop` would wait for them.
    child.kill('SIGINT')
    await stop(child, 5000)
    remove()
  }

  const url = `postgres://flowsync@127.0.0.1:${port}/postgres`
  const deadline = performance.now() + 20_000
  while ((await problemWith(url)) !== undefined) {
    if (child.pid === undefined || hasEnded(child) || performance.now() > deadline) {
      if (child.pid === undefined) remove()
      else await end()
      throw new Error(`postgres did not start:\n${output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { url, stop: end }
}

/** @returns {{ uid: number, gid: number }} the user that Debian's package made, or one that every system has */
function unprivilegedUser() {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody" to run it as.',
  )
}
