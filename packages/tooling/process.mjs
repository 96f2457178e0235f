import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

import { environment, root } from './workspace.mjs'

/**
 * @typedef {object} Outcome
 * @property {number} code 0 for success; 127 when the command could not be started, 128 + n after a signal
 * @property {string} output standard output and standard error, as they came
 * @property {string} stdout
 */

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {(chunk: string) => void} [onOutput] called with every piece of output as it comes
 * @property {string} [logFile] written with everything the command says
 * @property {number} [timeoutMs]
 */

/** Children that are to end with this process. @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/**
 * Runs a command to its end. Never rejects: a command that fails or cannot start is an outcome.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Outcome>}
 */
export function run(command, args, options = {}) {
  const { cwd = root, env = environment(), onOutput, logFile, timeoutMs } = options
  return new Promise((done) => {
    let output = ''
    let stdout = ''
    const log = logFile === undefined ? undefined : openLog(logFile)
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    running.add(child)
    const take = (/** @type {string} */ chunk, /** @type {boolean} */ isStdout) => {
      output += chunk
      if (isStdout) stdout += chunk
      log?.write(chunk)
      onOutput?.(chunk)
    }
    const end = (/** @type {number} */ code) => {
      clearTimeout(timer)
      running.delete(child)
      log?.end()
      done({ code, output, stdout })
    }
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            take(`\n${command} did not end within ${Math.round(timeoutMs / 1000)} s\n`, false)
            child.kill('SIGKILL')
          }, timeoutMs)
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => take(chunk, true))
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => take(chunk, false))
    child.on('error', (error) => {
      take(`${error.message}\n`, false)
      end(127)
    })
    child.on('close', (code, signal) => end(code ?? 128 + (signal === 'SIGKILL' ? 9 : 15)))
  })
}

/** @param {string} path */
export function openLog(path) {
  mkdirSync(dirname(path), { recursive: true })
  return createWriteStream(path)
}

/** Asks everything that `run` started to end; for the way out on Ctrl-C. */
export function stopRunning() {
  for (const child of running) child.kill('SIGTERM')
}

/**
 * Ends one process: asks it, waits, and kills it when it has not gone within the grace period.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} graceMs
 * @returns {Promise<'stopped' | 'killed'>}
 */
export async function stop(child, graceMs) {
  if (hasEnded(child)) return 'stopped'
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  /** @type {'stopped' | 'killed'} */
  let how = 'stopped'
  const timer = setTimeout(() => {
    how = 'killed'
    child.kill('SIGKILL')
  }, graceMs)
  await ended
  clearTimeout(timer)
  return how
}

/** @param {import('node:child_process').ChildProcess} child */
export const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null

/**
 * @param {string} text
 * @param {number} count
 */
export const lastLines = (text, count) => text.trimEnd().split('\n').slice(-count).join('\n')
