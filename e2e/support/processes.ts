import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** A child process of a test: healthy when started, gone when stopped. */
export interface Service {
  readonly url: string
  /** SIGTERM, and the wait for the exit it leads to. */
  stop(): Promise<void>
  /** SIGKILL: the process loses whatever was not on disk. */
  kill(): Promise<void>
}

export interface ServiceOptions {
  readonly name: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly url: string
  /** Answers 2xx or 3xx once the service is ready. */
  readonly healthUrl: string
}

const START_TIMEOUT_MS = 30_000

/** Starts a Node process and waits until it answers. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const child = spawn(process.execPath, options.args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(String(chunk)))
  await untilHealthy(child, options, output)
  return {
    url: options.url,
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  }
}

async function untilHealthy(child: ChildProcess, options: ServiceOptions, output: string[]): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
    const answer = await fetch(options.healthUrl, { redirect: 'manual' }).catch(() => undefined)
    if (answer && answer.status < 400) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  child.kill('SIGKILL')
  throw new Error(`${options.name} did not start:\n${output.join('').slice(-4000)}`)
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address.port
}
