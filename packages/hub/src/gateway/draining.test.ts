import { afterEach, describe, expect, it } from 'vitest'
import { put, replica } from '../tests/engine-world.js'
import { ManualSystem, settle } from '../tests/manual-system.js'
import { CommandProcess } from '../tests/hub-process.js'
import { SocketClient } from '../tests/socket-client.js'
import { SECRET, startHub, type TestHub, tokenFor } from '../tests/test-hub.js'
import { memory } from '../storage/memory/memory.js'
import { MemoryDisk } from '../storage/memory/memory-disk.js'
import { departedAfter } from './departures.js'

const WRITERS = 200
const SPREAD_MS = 10_000
const WINDOWS = 10

const hubs: TestHub[] = []
const clients = new Set<SocketClient>()

afterEach(async () => {
  for (const client of clients) client.close()
  clients.clear()
  await Promise.all(hubs.splice(0).map(({ hub }) => hub.close()))
})

/** Writes to a stream of its own: on one hub until that sends it away, then on the other. */
class Writer {
  readonly acked: number[] = []
  readonly stream: string
  hasMoved = false
  private readonly number: number
  private readonly token: string
  private client: SocketClient
  private epoch = ''

  constructor(number: number, token: string, client: SocketClient) {
    this.number = number
    this.token = token
    this.client = client
    this.stream = `note:w${number}`
  }

  get isAskedToGo(): boolean {
    return this.hasMoved || this.client.all('drain').length > 0
  }

  async open(): Promise<void> {
    clients.add(this.client)
    this.epoch = (await this.client.subscribe(this.stream)).epoch
  }

  async push(): Promise<void> {
    const op = put(replica(this.number), this.acked.length + 1, 'x')
    const answer = await this.client.push(this.stream, this.epoch, [op])
    const result = answer.type === 'pushed' ? answer.results[0] : undefined
    if (result?.kind !== 'ok') throw new Error(`refused: ${JSON.stringify(answer)}`)
    this.acked.push(result.seqs[0] ?? 0)
  }

  async moveTo(url: string): Promise<void> {
    this.hasMoved = true
    this.client.close()
    clients.delete(this.client)
    this.client = await SocketClient.join(url, this.token, replica(this.number))
    await this.open()
  }
}

describe('a rolling restart', () => {
  it('sends two hundred clients away evenly, serves each until it goes, and loses nothing', async () => {
    const disk = new MemoryDisk()
    const system = new ManualSystem()
    const storage = () => memory({ disk, isShared: true })
    const old = await startHub({ storage: storage(), system, drainSpreadMs: SPREAD_MS })
    const next = await startHub({ storage: storage() })
    hubs.push(old, next)
    const token = await tokenFor('ada')
    const writers: Writer[] = []
    for (let number = 1; number <= WRITERS; number++) {
      const client = await SocketClient.join(old.address.url, token, replica(number))
      const writer = new Writer(number, token, client)
      await writer.open()
      writers.push(writer)
    }

    const closing = old.hub.close()
    expect((await fetch(`${old.address.url}/readyz`)).status, 'no new traffic').toBe(503)
    expect((await fetch(`${old.address.url}/healthz`)).status).toBe(200)
    const late = new SocketClient(old.address.url)
    expect(await late.gone).toBe('The hub is shutting down.')

    const asked: number[] = [0]
    for (let window = 1; window <= WINDOWS; window++) {
      // These meet the goodbye on their way.
      const pushes = writers.map((writer) => writer.push())
      await system.advance(window === 1 ? SPREAD_MS / WINDOWS - 10 : SPREAD_MS / WINDOWS)
      const expected = departedAfter(WRITERS, (window * SPREAD_MS) / WINDOWS - 10, SPREAD_MS)
      const leaving = () => writers.filter(({ isAskedToGo }) => isAskedToGo)
      while (leaving().length < expected) await settle()
      asked.push(leaving().length)
      await Promise.all(pushes)
      // Asked to go or not, everybody is still served.
      await Promise.all(writers.map((writer) => writer.push()))
      const moving = leaving().filter(({ hasMoved }) => !hasMoved)
      await Promise.all(moving.map((writer) => writer.moveTo(next.address.url)))
    }
    for (let window = 1; window <= WINDOWS; window++) {
      const share = (asked[window] ?? 0) - (asked[window - 1] ?? 0)
      expect(Math.abs(share - WRITERS / WINDOWS)).toBeLessThanOrEqual(1)
    }
    expect(asked.at(-1)).toBe(WRITERS)
    await system.advance(1_000)
    await closing

    await Promise.all(writers.map((writer) => writer.push()))
    for (const { acked } of writers) {
      expect(acked).toEqual(Array.from({ length: 2 * WINDOWS + 1 }, (_, index) => index + 1))
    }
  }, 60_000)
})

describe('a hub that is told to stop', () => {
  it('drains at the first signal and ends at once at the second', async () => {
    const hub = new CommandProcess(['start', '--port', '0', '--db', ':memory:', '--drain', '1h'], {
      env: { FLOWSYNC_SECRET: SECRET },
    })
    const url = await hub.written(/"url":"([^"]+)"/)
    // Two: the first is sent away at once.
    for (let number = 1; number <= 2; number++) {
      clients.add(await SocketClient.join(url, await tokenFor('ada'), replica(number)))
    }
    hub.signal('SIGTERM')
    await hub.written(/"msg":"(the hub drains)"/)
    expect((await fetch(`${url}/readyz`)).status).toBe(503)
    expect(await hub.end('SIGTERM')).toMatchObject({ code: 130 })
  }, 20_000)
})
