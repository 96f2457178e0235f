import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { devSecrets } from './dev-secrets.mjs'
import { install, isInstalled } from './install.mjs'
import { nodeProblem } from './node-version.mjs'
import { choosePort, parsePort, PortError } from './ports.mjs'
import { hasEnded, lastLines, openLog, run, stop, stopRunning } from './process.mjs'
import { seconds, step, StepError } from './progress.mjs'
import { bin, environment, nodePath, root, shown } from './workspace.mjs'

const help = `npm start -- [--data DIR] [--host HOST] [--json]

Installs and builds what is missing, then runs the hub and the Next.js demo until Ctrl-C.

  --data DIR    where the hub's database, the development secrets and the logs are (default .flowsync)
  --host HOST   the address to listen on (default 127.0.0.1: this machine only). For other devices in the network
                take this machine's address there: the pages tell browsers to find the hub at it
  --json        prints one line of JSON on standard output once both are healthy; all else goes to standard error
  --help

PORT and HUB_PORT ask for certain ports. Without them the demo takes 3000 and the hub 8765, or the next free ones.
FLOWSYNC_SECRET and NEXTAUTH_SECRET replace the generated secrets.`

const hubMain = join(root, 'packages', 'hub', 'dist', 'cli', 'main.js')
/** What the demo shares; the hub folds these streams by these rules. */
const demoStreams = join(root, 'apps', 'next-demo', 'lib', 'streams.ts')
const demoDirectory = join(root, 'apps', 'next-demo')
const nextMain = join(demoDirectory, 'node_modules', 'next', 'dist', 'bin', 'next')
const healthTimeoutMs = 60_000
const stopGraceMs = 8000

/** @typedef {{ name: string, child: import('node:child_process').ChildProcess, recent: () => string }} Service */

/** Something that is said to the user as it stands, without a stack. */
class StartError extends Error {}

/** @type {Service[]} */
const services = []
let stopping = false

const values = readOptions()
const print = (/** @type {string} */ text) =>
  void (values.json ? process.stderr : process.stdout).write(`${text}\n`)

function readOptions() {
  try {
    return parseArgs({
      options: {
        data: { type: 'string', default: '.flowsync' },
        host: { type: 'string', default: '127.0.0.1' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}\n`)
    process.exit(2)
  }
}

/**
 * @param {string} name
 * @param {readonly string[]} args of Node
 * @param {string} cwd
 * @param {Record<string, string>} env
 * @param {string} dataDirectory
 * @returns {Service}
 */
function startService(name, args, cwd, env, dataDirectory) {
  const child = spawn(nodePath, args, {
    cwd,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a group of its own, so that a terminal's Ctrl-C reaches this process alone and the order of stopping is ours.
    detached: process.platform !== 'win32',
  })
  const log = openLog(join(dataDirectory, 'logs', `${name}.log`))
  let recent = ''
  const take = (/** @type {unknown} */ chunk) => {
    log.write(String(chunk))
    recent = (recent + String(chunk)).slice(-8000)
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  child.on('error', (error) => take(error.message))
  const service = { name, child, recent: () => recent }
  services.push(service)
  return service
}

/**
 * @param {Service} service
 * @param {string} url
 */
async function untilHealthy(service, url) {
  const deadline = performance.now() + healthTimeoutMs
  while (performance.now() < deadline) {
    if (stopping) return
    if (hasEnded(service.child)) throw diedEarly(service)
    if (await answers(url)) return
    await new Promise((wake) => setTimeout(wake, 150))
  }
  const said = lastLines(service.recent(), 25)
  throw new StartError(
    `${service.name} did not answer on ${url} within ${healthTimeoutMs / 1000} s:\n${said}`,
  )
}

/** @param {string} url */
async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000), redirect: 'manual' })
    await response.body?.cancel()
    return response.status < 400
  } catch (error) {
    // Refused or not yet answering: the caller looks again until its deadline.
    return error === undefined
  }
}

/** @param {Service} service */
function diedEarly({ name, child, recent }) {
  const how = child.signalCode === null ? `with code ${child.exitCode}` : `by ${child.signalCode}`
  const said = lastLines(recent(), 25)
  const hint = said.includes('in use by another process')
    ? "\n\nIs `npm start` running already? Stop it, or keep this one's data elsewhere: npm start -- --data DIR"
    : ''
  return new StartError(`${name} ended ${how}. It said last:\n${said}${hint}`)
}

async function stopServices() {
  // The demo first: it talks to the hub.
  for (const { name, child } of services.splice(0).reverse()) {
    if (hasEnded(child)) continue
    const how = await stop(child, stopGraceMs)
    print(
      `  ${name} ${how === 'stopped' ? 'stopped' : `did not stop within ${seconds(stopGraceMs)} and was killed`}`,
    )
  }
}

/** @param {string} dataDirectory */
async function prepare(dataDirectory) {
  if (!isInstalled()) {
    await step('installing dependencies', print, async (onOutput) => {
      const { code, output } = await install(onOutput, join(dataDirectory, 'logs', 'install.log'))
      if (code !== 0) throw new StepError('the dependencies could not be installed', output)
    })
  }
  await step('building', print, async (onOutput) => {
    const args = ['run', 'build', '--filter=next-demo', '--filter=@flowsync/hub', '--concurrency=2']
    const logFile = join(dataDirectory, 'logs', 'build.log')
    const { code, output } = await run(bin('turbo'), args, { onOutput, logFile })
    if (code !== 0) throw new StepError('the build failed', output)
  })
  for (const file of [hubMain, nextMain]) {
    if (!existsSync(file)) throw new StartError(`${shown(file)} is missing after the build`)
  }
}

async function main() {
  const problem = nodeProblem()
  if (problem !== undefined) throw new StartError(problem)
  const startedAt = performance.now()
  const dataDirectory = resolve(root, values.data)
  // Ports before the long work: who asked for one that is taken learns it at once.
  const hubPort = await choosePort({
    asked: parsePort(process.env['HUB_PORT'], 'HUB_PORT'),
    preferred: 8765,
    name: 'HUB_PORT',
  })
  const demoPort = await choosePort({
    asked: parsePort(process.env['PORT'], 'PORT'),
    preferred: 3000,
    name: 'PORT',
    taken: [hubPort.port],
  })
  print('FlowSync')
  if (hubPort.note) print(`  ! hub: ${hubPort.note}`)
  if (demoPort.note) print(`  ! demo: ${demoPort.note}`)

  await prepare(dataDirectory)

  const host = values.host === '0.0.0.0' || values.host === '::' ? 'localhost' : values.host
  const shownHost = host === '127.0.0.1' ? 'localhost' : host
  const hubUrl = `http://${shownHost}:${hubPort.port}`
  const demoUrl = `http://${shownHost}:${demoPort.port}`
  const env = {
    NODE_ENV: 'production',
    ...devSecrets(dataDirectory),
    NEXTAUTH_URL: demoUrl,
    FLOWSYNC_HUB_URL: hubUrl,
  }
  const database = join(dataDirectory, 'hub.sqlite')
  const hub = startService(
    'hub',
    [
      ...[hubMain, 'start', '--streams', demoStreams, '--db', database],
      ...['--port', String(hubPort.port), '--host', values.host],
    ],
    root,
    env,
    dataDirectory,
  )
  const local = values.host === '0.0.0.0' || values.host === '::' ? '127.0.0.1' : values.host
  await step('starting the hub', print, () => untilHealthy(hub, `http://${local}:${hubPort.port}/healthz`))
  const demo = startService(
    'demo',
    [nextMain, 'start', '-p', String(demoPort.port), '-H', values.host],
    demoDirectory,
    env,
    dataDirectory,
  )
  await step('starting the demo', print, () => untilHealthy(demo, `http://${local}:${demoPort.port}/`))
  if (stopping) return
  print(`\n  demo  ${demoUrl}\n  hub   ${hubUrl}\n`)
  print(`  data and logs in ${shown(dataDirectory)}; ready after ${seconds(performance.now() - startedAt)}`)
  print('  Ctrl-C stops both\n')
  if (values.json) {
    const pids = { hub: hub.child.pid, demo: demo.child.pid }
    process.stdout.write(`${JSON.stringify({ demo: demoUrl, hub: hubUrl, data: dataDirectory, pids })}\n`)
  }
  await new Promise((_, reject) => {
    for (const service of [hub, demo]) {
      const report = () => void (stopping || reject(diedEarly(service)))
      if (hasEnded(service.child)) report()
      else service.child.once('exit', report)
    }
  })
}

/** @param {unknown} error */
function complain(error) {
  const expected = error instanceof StartError || error instanceof PortError || error instanceof StepError
  const text = expected
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error)
  process.stderr.write(`\n${text}\n`)
  if (error instanceof StepError) process.stderr.write(`${lastLines(error.output, 40)}\n`)
}

async function shutDown() {
  if (stopping) return
  stopping = true
  print('\nstopping …')
  stopRunning()
  await stopServices()
  process.exit(0)
}

/** npm passes SIGTERM to the shell that runs the script, which passes nothing on: that it has gone is the sign. */
function stopWithNpm() {
  if (process.env['npm_lifecycle_event'] === undefined) return
  const shell = process.ppid
  setInterval(() => void (process.ppid !== shell && shutDown()), 300).unref()
}

if (values.help) {
  process.stdout.write(`${help}\n`)
} else {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    // npm and the terminal may both send it: `shutDown` runs once.
    process.on(signal, () => void shutDown())
  }
  // Whoever read along (`| head`, a closed terminal) has gone, and must not leave the services behind.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => void shutDown())
  stopWithNpm()
  try {
    await main()
  } catch (error) {
    // Whatever fails while everything is being stopped failed because of that.
    if (!stopping) {
      stopping = true
      complain(error)
      await stopServices()
      process.exit(1)
    }
  }
}
