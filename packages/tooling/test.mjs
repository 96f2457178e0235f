import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { provideChromium } from './chromium.mjs'
import { install, isInstalled } from './install.mjs'
import { nodeProblem } from './node-version.mjs'
import { run, stopRunning } from './process.mjs'
import { seconds, step, StepError, table } from './progress.mjs'
import { providePostgres } from './postgres.mjs'
import { provideRedis } from './redis.mjs'
import { complaints, one, sum } from './reports.mjs'
import { provideServers } from './servers.mjs'
import { provideStrace } from './strace.mjs'
import { chosenSuites, suites } from './suites.mjs'
import { bin } from './workspace.mjs'

const help = `npm test -- [--only NAMES] [--json FILE]

Installs what is missing (dependencies, Redis, PostgreSQL, Chromium, strace), then runs every suite.

  --only NAMES   only these suites, separated by commas: ${suites.map(({ name }) => name).join(', ')}
  --json FILE    also writes the counts and times to FILE
  --help

REDIS_URL names a Redis to use, DATABASE_URL a PostgreSQL, CHROMIUM_PATH a Chromium; otherwise they are looked for,
started or installed.
The last line is "N passed, N failed"; the exit code is 1 when anything failed.`

/** @typedef {import('./suites.mjs').Suite} Suite */
/** @typedef {{ suite: Suite, count: import('./reports.mjs').Count, ms: number }} Result */

const print = (/** @type {string} */ text) => void process.stdout.write(`${text}\n`)

/** What is to be undone on the way out, Ctrl-C included. @type {(() => Promise<void>)[]} */
const cleanups = []

async function cleanUp() {
  stopRunning()
  await Promise.all(cleanups.splice(0).map((undo) => undo()))
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => {
    print(`\nstopped by ${signal}`)
    void cleanUp().finally(() => process.exit(130))
  })
}

/** Brings in what the suites need, and tells which of them can run. @param {readonly Suite[]} chosen */
async function prepare(chosen) {
  /** @type {import('./reports.mjs').Count[]} */
  const failures = []
  /**
   * @template T
   * @param {string} label
   * @param {(onOutput: (chunk: string) => void) => Promise<T>} work
   * @returns {Promise<T | undefined>}
   */
  const attempt = async (label, work) => {
    try {
      return await step(label, print, work)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      print(message)
      failures.push(one(false, `${label}: ${message}`))
      return undefined
    }
  }
  if (!isInstalled()) {
    await step('dependencies', print, async (onOutput) => {
      const { code, output } = await install(onOutput)
      if (code !== 0) throw new StepError('the dependencies could not be installed', output)
    })
  }
  if (!chosen.some(({ name }) => name === 'build') && chosen.some(({ needsBuild }) => needsBuild)) {
    await attempt('build', async (onOutput) => {
      const { code, output } = await run(bin('turbo'), ['run', 'build', '--concurrency=2'], { onOutput })
      if (code !== 0) throw new Error(`the build failed\n${indent(output)}`)
    })
  }
  /**
   * @template T
   * @param {import('./suites.mjs').Need} need
   * @param {string} label
   * @param {(onOutput: (chunk: string) => void) => Promise<T>} work
   * @returns {Promise<T | undefined>}
   */
  const provide = async (need, label, work) =>
    chosen.some(({ needs = [] }) => needs.includes(need)) ? attempt(label, work) : undefined

  const redis = await provide('redis', 'Redis', provideRedis)
  if (redis !== undefined) cleanups.push(redis.stop)
  const postgres = await provide('postgres', 'PostgreSQL', providePostgres)
  if (postgres !== undefined) cleanups.push(postgres.stop)
  const chromium = await provide('chromium', 'Chromium', provideChromium)
  const servers = await provide('servers', 'servers of our own', provideServers)
  const strace = await provide('strace', 'strace', provideStrace)
  /** @type {Record<import('./suites.mjs').Need, unknown>} */
  const provided = { redis, postgres, chromium, servers, strace }
  return {
    ready: chosen.filter(({ needs = [] }) => needs.every((need) => provided[need] !== undefined)),
    context: { redisUrl: redis?.url, databaseUrl: postgres?.url, chromiumPath: chromium },
    failures,
  }
}

/**
 * @param {Suite} suite
 * @param {Omit<import('./suites.mjs').Context, 'onOutput'>} context
 * @returns {Promise<Result>}
 */
async function runSuite(suite, context) {
  const startedAt = performance.now()
  if (suite.live) print(`\n── ${suite.name}: ${suite.title}`)
  const onOutput = (/** @type {string} */ chunk) => {
    if (suite.live) process.stdout.write(chunk)
  }
  let count
  try {
    count = await suite.run({ ...context, onOutput })
  } catch (error) {
    count = one(
      false,
      `the suite crashed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
  }
  const ms = performance.now() - startedAt
  const mark = count.failed === 0 ? '✓' : '✗'
  print(`${mark} ${suite.name}: ${count.passed} passed, ${count.failed} failed (${seconds(ms)})`)
  if (count.failed > 0) print(indent(complaints(count, suite.live)))
  return { suite, count, ms }
}

const indent = (/** @type {string} */ text) => text.replace(/^/gm, '    ')

/**
 * Suites that are shown live run alone; neighbours that are not run two at a time.
 *
 * @param {readonly Suite[]} chosen
 * @param {Omit<import('./suites.mjs').Context, 'onOutput'>} context
 * @returns {Promise<Result[]>}
 */
async function runSuites(chosen, context) {
  /** @type {Result[]} */
  const results = []
  for (let index = 0; index < chosen.length;) {
    const end = chosen.findIndex((suite, at) => at >= index && suite.live)
    const quiet = chosen.slice(index, end === -1 ? chosen.length : end)
    if (quiet.length > 0) {
      print(`\n── ${quiet.map(({ name }) => name).join(', ')}`)
      results.push(...(await twoAtATime(quiet, (suite) => runSuite(suite, context))))
      index += quiet.length
      continue
    }
    const suite = chosen[index]
    if (suite !== undefined) results.push(await runSuite(suite, context))
    index += 1
  }
  return results
}

/**
 * @template T, R
 * @param {readonly T[]} items
 * @param {(item: T) => Promise<R>} work
 * @returns {Promise<R[]>} in the order of the items
 */
async function twoAtATime(items, work) {
  /** @type {R[]} */
  const results = new Array(items.length)
  let next = 0
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(/** @type {T} */ (items[index]))
    }
  }
  await Promise.all([worker(), worker()])
  return results
}

/** @returns {Promise<number>} the exit code */
async function main() {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, json: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) {
    print(help)
    return 0
  }
  const problem = nodeProblem()
  if (problem !== undefined) throw new Error(problem)
  const startedAt = performance.now()
  const chosen = chosenSuites(values.only)
  const { ready, context, failures } = await prepare(chosen)
  const results = await runSuites(ready, context)
  const total = sum([...failures, ...results.map(({ count }) => count)])

  print(`\n${summary(results, failures.length)}\n`)
  print(`in ${seconds(performance.now() - startedAt)}`)
  if (values.json !== undefined) writeFileSync(values.json, report(results, total))
  print(`${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0 && total.passed > 0 ? 0 : 1
}

/**
 * @param {readonly Result[]} results
 * @param {number} missing
 */
function summary(results, missing) {
  const rows = results.map(({ suite, count, ms }) => [
    suite.name,
    count.passed,
    count.failed,
    seconds(ms),
    suite.title,
  ])
  if (missing > 0) rows.push(['(setup)', 0, missing, '', 'what could not be installed'])
  return table([['suite', 'passed', 'failed', 'time', ''], ...rows])
}

/**
 * @param {readonly Result[]} results
 * @param {import('./reports.mjs').Count} total
 */
function report(results, total) {
  const list = results.map(({ suite, count, ms }) => ({ name: suite.name, ...count, ms: Math.round(ms) }))
  return `${JSON.stringify({ passed: total.passed, failed: total.failed, suites: list }, null, 2)}\n`
}

/** @type {number} */
let code
try {
  code = await main()
} catch (error) {
  code = 1
  print(error instanceof Error ? error.message : String(error))
  if (error instanceof StepError) print(indent(error.output))
  print('0 passed, 1 failed')
}
await cleanUp()
process.exitCode = code
