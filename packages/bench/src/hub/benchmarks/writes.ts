import type { Figures } from '../../report/outcome.js'
import type { HubBenchmark, Stage } from '../benchmark.js'
import type { RawClient } from '../client.js'
import type { PeerName } from '../peers.js'
import { Samples } from '../samples.js'
import type { ServerProcess } from '../server-process.js'
import { delay, Trouble, until } from '../settle.js'
import type { StoreName } from '../stores.js'
import { floorWrites, openFloor } from '../floor/floor-writes.js'

/** How writers behave. */
interface Load {
  readonly inFlight: number
  /** What is due in one turn of the event loop travels together, as FlowSync's own client sends it. */
  readonly isBundled: boolean
}

const WRITERS = 50
const RUN_MS = 2_000
const QUICK_RUN_MS = 400
const WARM_UP_MS = 1_500
const DRAIN_MS = 20_000

/** One connection with a document of its own, which has a fixed number of writes under way. */
class Writer {
  readonly client: RawClient
  sent = 0
  acknowledged = 0
  private readonly sentAt: Float64Array
  private readonly crew: Crew
  private due = 0

  constructor(crew: Crew, url: string, document: string, author: number) {
    this.crew = crew
    this.sentAt = new Float64Array(crew.load.inFlight)
    this.client = crew.stage.open({
      url,
      document,
      author,
      onAcknowledged: (count) => this.onAcknowledged(count),
      onFailure: crew.trouble.report,
    })
  }

  begin(): void {
    this.write(this.crew.load.inFlight)
  }

  private onAcknowledged(count: number): void {
    const nowMs = performance.now()
    for (let i = 0; i < count; i++) {
      this.crew.onWritten(nowMs - (this.sentAt[this.acknowledged++ % this.sentAt.length] ?? 0))
    }
    if (this.acknowledged > this.sent)
      this.crew.trouble.report(new Error('more acknowledgements than writes'))
    if (!this.crew.isWriting) return
    if (!this.crew.load.isBundled) return this.write(count)
    if (this.due === 0) setImmediate(() => this.writeDue())
    this.due += count
  }

  private writeDue(): void {
    const { due } = this
    this.due = 0
    if (this.crew.isWriting) this.write(due)
  }

  private write(count: number): void {
    const first = this.sent + 1
    const nowMs = performance.now()
    for (let i = 0; i < count; i++) this.sentAt[this.sent++ % this.sentAt.length] = nowMs
    if (this.crew.load.isBundled) this.client.send(first, this.sent)
    else for (let number = first; number <= this.sent; number++) this.client.send(number, number)
  }
}

/** The writers of a run. */
class Crew {
  readonly stage: Stage
  readonly load: Load
  isWriting = false
  readonly trouble = new Trouble()
  private readonly latencies = new Samples()
  private writers: readonly Writer[] = []

  constructor(stage: Stage, load: Load) {
    this.stage = stage
    this.load = load
  }

  async join(server: ServerProcess): Promise<void> {
    this.writers = Array.from(
      { length: WRITERS },
      (_, index) => new Writer(this, server.url, `w${index}`, index + 1),
    )
    const ready = this.writers.map(({ client }) => client.ready.then(() => client.mute?.()))
    await this.trouble.during('connecting the writers', DRAIN_MS, Promise.all(ready))
  }

  onWritten(latencyMs: number): void {
    this.latencies.add(latencyMs)
  }

  async write(forMs: number): Promise<Figures> {
    this.latencies.clear()
    this.isWriting = true
    const startedAt = performance.now()
    for (const writer of this.writers) writer.begin()
    await delay(forMs)
    const seconds = (performance.now() - startedAt) / 1000
    const { length } = this.latencies
    if (length === 0) throw this.trouble.error ?? new Error('no write was acknowledged')
    const figures = {
      rate: length / seconds,
      p50: this.latencies.quantile(0.5),
      p99: this.latencies.quantile(0.99),
    }
    this.isWriting = false
    await this.settle()
    return figures
  }

  /** Waits for what is under way, and has the server count what it stored. */
  private async settle(): Promise<void> {
    const open = () => this.writers.reduce((sum, { sent, acknowledged }) => sum + sent - acknowledged, 0)
    await until(
      () => `${open()} writes were not acknowledged`,
      () => open() === 0,
      DRAIN_MS,
      () => this.trouble.error,
    )
    for (const { client, sent } of this.writers) {
      const stored = await client.stored?.()
      if (stored !== undefined && stored !== sent) throw new Error(`${stored} of ${sent} writes are stored`)
    }
    if (this.trouble.error) throw this.trouble.error
  }
}

const notes: Readonly<Partial<Record<PeerName, string>>> = {
  floor: 'no server, one thread: 50 rows a transaction, each on the disk before the next',
  'socket.io': 'acknowledged from memory, nothing is stored',
  hocuspocus: 'acknowledged from memory, nothing is stored; it sends every edit back to its author too',
}

function writesBenchmark(
  name: string,
  peers: readonly PeerName[],
  load: Load,
  store?: StoreName,
): HubBenchmark {
  return {
    name,
    peers,
    needs: store === undefined ? [] : [store],
    async prepare(stage) {
      const runMs = stage.isQuick ? QUICK_RUN_MS : RUN_MS
      const note = notes[stage.peer]
      const where = store === undefined ? {} : { storage: store, storageUrl: stage.stores[store] ?? '' }
      if (stage.peer === 'floor') {
        const floor = await openFloor({ directory: stage.newDirectory(), ...where })
        await floorWrites(floor, QUICK_RUN_MS)
        return { ...(note === undefined ? {} : { note }), run: () => floorWrites(floor, runMs) }
      }
      const crew = new Crew(stage, load)
      await crew.join(await stage.startServer(where))
      await crew.write(stage.isQuick ? QUICK_RUN_MS : WARM_UP_MS)
      return { ...(note === undefined ? {} : { note }), run: () => crew.write(runMs) }
    },
  }
}

/** Writes that wait for an acknowledgement, on SQLite where nothing else is said and there is a store. */
export const writes: readonly HubBenchmark[] = [
  writesBenchmark('writes-20', ['flowsync', 'floor', 'ws+sqlite', 'socket.io', 'hocuspocus'], {
    inFlight: 20,
    isBundled: false,
  }),
  writesBenchmark('writes-20-bundled', ['flowsync', 'floor', 'ws+sqlite'], { inFlight: 20, isBundled: true }),
  writesBenchmark('writes-1', ['flowsync', 'floor', 'ws+sqlite', 'socket.io', 'hocuspocus'], {
    inFlight: 1,
    isBundled: false,
  }),
  ...(['postgres', 'redis'] as const).map((store) =>
    writesBenchmark(`writes-${store}`, ['flowsync', 'floor'], { inFlight: 20, isBundled: true }, store),
  ),
]
