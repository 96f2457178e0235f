import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { anyFreePort } from './ports.mjs'
import { hasEnded, stop } from './process.mjs'
import { canInstallPackages, installPackages, which } from './system-packages.mjs'

/**
 * @typedef {object} RedisSituation what there is on this machine
 * @property {string | undefined} url REDIS_URL
 * @property {boolean} answers whether a server answers on the default port
 * @property {string | undefined} server where redis-server is
 * @property {boolean} mayInstall
 */

/**
 * @typedef {{ kind: 'use', url: string } | { kind: 'start', server: string } | { kind: 'install' } | { kind: 'missing' }} RedisPlan
 */

/**
 * The nearest Redis: the one named, one that runs, one that can be started, one that can be installed.
 *
 * @param {RedisSituation} situation
 * @returns {RedisPlan}
 */
export function planRedis({ url, answers, server, mayInstall }) {
  if (url) return { kind: 'use', url }
  if (answers) return { kind: 'use', url: 'redis://127.0.0.1:6379' }
  if (server !== undefined) return { kind: 'start', server }
  return mayInstall ? { kind: 'install' } : { kind: 'missing' }
}

const redisAdvice =
  'Redis is missing. Install it (Debian and Ubuntu: sudo apt-get install redis-server; macOS: brew install redis), ' +
  'or set REDIS_URL to a server that these tests may write to.'

/**
 * Whether a Redis answers PING (or asks for a password, which a stranger must not use).
 *
 * @param {number} port
 * @param {number} [timeoutMs]
 * @returns {Promise<boolean>}
 */
function answersPing(port, timeoutMs = 1000) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const end = (/** @type {boolean} */ answer) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(timeoutMs, () => end(false))
    socket.once('error', () => end(false))
    socket.once('connect', () => socket.write('PING\r\n'))
    socket.once('data', (data) => end(data.toString().startsWith('+PONG')))
  })
}

/** @typedef {{ url: string, stop: () => Promise<void> }} Redis */

/**
 * Finds, starts or installs Redis.
 *
 * @param {(chunk: string) => void} onOutput
 * @returns {Promise<Redis>} rejects with advice when there is none to be had
 */
export async function provideRedis(onOutput) {
  const situation = async () => ({
    url: process.env['REDIS_URL'],
    answers: await answersPing(6379),
    server: which('redis-server'),
    mayInstall: canInstallPackages(),
  })
  let plan = planRedis(await situation())
  if (plan.kind === 'install') {
    onOutput('installing redis-server\n')
    const outcome = await installPackages(['redis-server'], onOutput)
    if (outcome.code !== 0) throw new Error(`${redisAdvice}\napt-get said:\n${outcome.output}`)
    // Debian may have started it already; a server of our own is as good.
    plan = planRedis({ ...(await situation()), mayInstall: false })
  }
  if (plan.kind === 'use') return { url: plan.url, stop: async () => {} }
  if (plan.kind === 'start') return startRedis(plan.server)
  throw new Error(redisAdvice)
}

/**
 * Starts a Redis that keeps nothing and is gone after `stop`.
 *
 * @param {string} server
 * @returns {Promise<Redis>}
 */
async function startRedis(server) {
  const directory = mkdtempSync(join(tmpdir(), 'flowsync-redis-'))
  const port = await anyFreePort()
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    directory,
  ]
  const child = spawn(server, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  child.stderr.on('data', (chunk) => (output += String(chunk)))
  child.on('error', (error) => (output += error.message))
  const remove = () => rmSync(directory, { recursive: true, force: true })

  const deadline = performance.now() + 10_000
  while (!(await answersPing(port))) {
    if (child.pid === undefined || hasEnded(child) || performance.now() > deadline) {
      if (child.pid !== undefined) await stop(child, 1000)
      remove()
      throw new Error(`redis-server did not start:\n${output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      await stop(child, 3000)
      remove()
    },
  }
}
