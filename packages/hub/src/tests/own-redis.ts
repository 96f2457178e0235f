import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SERVER = 'redis-server'

/** A Redis server of a test's own, to be killed, paused and started again. It keeps nothing. */
export class OwnRedis {
  readonly port: number
  private readonly directory: string
  /** Further arguments of the next start. */
  extra: readonly string[]
  private child: ChildProcess | undefined

  private constructor(port: number, extra: readonly string[]) {
    this.port = port
    this.extra = extra
    this.directory = mkdtempSync(join(tmpdir(), 'flowsync-own-redis-'))
  }

  /** @param extra further arguments, such as `--rename-command SPUBLISH ""` for one that is older than it is */
  static async start(extra: readonly string[] = [], port?: number): Promise<OwnRedis> {
    const redis = new OwnRedis(port ?? (await freePort()), extra)
    await redis.run()
    return redis
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Starts it, on the same port as before. Resolves when it answers. */
  async run(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--dir', this.directory]
    this.child = spawn(SERVER, [...args, ...this.extra], { stdio: 'ignore' })
    this.child.once('error', (error) => {
      throw error
    })
    while (!(await answers(this.port))) {
      if (this.child.exitCode !== null) throw new Error(`redis-server ended with ${this.child.exitCode}`)
    }
  }

  async kill(): Promise<void> {
    const { child } = this
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  /** It answers nobody, and its sockets stay open. */
  pause(): void {
    this.child?.kill('SIGSTOP')
  }

  resume(): void {
    this.child?.kill('SIGCONT')
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/** A port of the loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (isThere: boolean) => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('error', () => end(false))
    socket.once('connect', () => socket.write('PING\r\n'))
    socket.once('data', (data) => end(/^[+]PONG|^-NOAUTH/.test(data.toString())))
  })
}
