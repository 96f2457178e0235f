import { vi } from 'vitest'
import type { RedisOptions } from '../cluster/redis-options.js'
import { memory } from '../storage/memory/memory.js'
import { MemoryDisk } from '../storage/memory/memory-disk.js'
import { put, replica } from './engine-world.js'
import { SocketClient } from './socket-client.js'
import { startHub, type TestHub, tokenFor } from './test-hub.js'

/** Two hubs on one storage, with a client each that follows the same stream and never asks for what it was not told. */
export class HubPair {
  readonly hubs: readonly TestHub[]
  readonly ada: SocketClient
  readonly bob: SocketClient
  readonly epoch: string
  /** What the hubs logged above `debug`, without `debug`. */
  readonly logged: readonly string[]
  private counter = 0

  private constructor(parts: Pick<HubPair, 'hubs' | 'ada' | 'bob' | 'epoch' | 'logged'>) {
    this.hubs = parts.hubs
    this.ada = parts.ada
    this.bob = parts.bob
    this.epoch = parts.epoch
    this.logged = parts.logged
  }

  /** @param second what links the second hub, if another way than the first */
  static async start(redis: string | RedisOptions | undefined, second = redis): Promise<HubPair> {
    const disk = new MemoryDisk()
    const logged: string[] = []
    const log = (fields: unknown, message: string): void =>
      void logged.push(`${message} ${JSON.stringify(fields)}`)
    const logger = { debug: () => undefined, info: log, warn: log, error: log }
    const hubs: TestHub[] = []
    for (const link of [redis, second]) {
      hubs.push(await startHub({ storage: memory({ disk, isShared: true }), redis: link, logger }))
    }
    const [a, b] = await Promise.all(
      hubs.map(async ({ address }, i) =>
        SocketClient.join(address.url, await tokenFor(`user${i}`), replica(i + 1)),
      ),
    )
    if (!a || !b) throw new Error('unreachable')
    const { epoch } = await a.subscribe('note:a')
    await b.subscribe('note:a')
    return new HubPair({ hubs, ada: a, bob: b, epoch, logged })
  }

  get isLinked(): boolean {
    return this.hubs.every(({ hub }) => hub.cluster?.isLinked)
  }

  /** How often the links of both hubs were told to be lost, and to work. */
  get told(): { readonly lost: number; readonly works: number } {
    const count = (text: string): number => this.logged.filter((line) => line.includes(text)).length
    return { lost: count('the link to other hubs is lost'), works: count('the link to other hubs works') }
  }

  async linked(isLinked = true): Promise<void> {
    await vi.waitFor(
      () => {
        if (this.isLinked !== isLinked) throw new Error(`linked: ${String(this.isLinked)}`)
      },
      { timeout: 15_000, interval: 20 },
    )
  }

  /** Pushes on the first hub. Resolves with the seq once it is acknowledged. */
  async push(): Promise<number> {
    const answer = await this.ada.push('note:a', this.epoch, [put(replica(1), ++this.counter, 'x')])
    const result = answer.type === 'pushed' ? answer.results[0] : undefined
    if (result?.kind !== 'ok') throw new Error(`refused: ${JSON.stringify(answer)}`)
    return result.seqs[0] ?? 0
  }

  /** Resolves when the client of the second hub was told of the seq; rejects after `limitMs`. */
  async heard(seq: number, limitMs = 5_000): Promise<void> {
    const overdue = new Promise<never>((_resolve, reject) =>
      setTimeout(() => reject(new Error(`${seq} was not heard within ${limitMs} ms`)), limitMs).unref(),
    )
    await Promise.race([this.bob.until(() => this.heardSeqs().includes(seq)), overdue])
  }

  heardSeqs(): number[] {
    return this.bob.all('feed').flatMap(({ ops }) => ops.map((op) => op.seq))
  }

  async close(): Promise<void> {
    this.ada.close()
    this.bob.close()
    await Promise.all(this.hubs.map(({ hub }) => hub.close()))
  }
}
