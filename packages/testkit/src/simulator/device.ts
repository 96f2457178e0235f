import { createClient, type FlowSyncClient, type Receipt, type StreamHandle } from '@flowsync/core'
import { memory } from '@flowsync/core/memory'
import { isFlowSyncError, type AnyMergeRule, type TextDelta } from '@flowsync/crdt'
import { ClientDisk } from './client-disk.js'
import { HandleWatch } from './handle-watch.js'
import type { LedgerEntry } from './ledger.js'
import { Locks } from './locks.js'
import { Process } from './process.js'
import { MAX_EDITS_PER_STEP, type SimulatedStream } from './scenario.js'
import { simulatedStreams, streamsThatFoldOtherwise, WORKSPACE } from './streams.js'
import { drawEdit, type Edit } from './workload.js'
import type { Environment } from './environment.js'

interface OpenStream {
  readonly handle: StreamHandle<AnyMergeRule>
  readonly stop: () => void
}

/** One life of a device: a client instance, from its start to its crash or its orderly end. */
interface Life {
  readonly incarnation: number
  readonly process: Process
  readonly client: FlowSyncClient
  readonly open: Map<SimulatedStream, OpenStream>
}

/**
 * One device: a disk that lasts, and one client instance after the other on it. It opens the streams it is told to,
 * edits them, and holds every instance to what it promised.
 */
export class Device {
  readonly name: string
  readonly number: number
  readonly disk: ClientDisk
  private readonly world: Environment
  private readonly locks = new Locks()
  private clockOffsetMs: number
  private readonly wanted: Set<SimulatedStream>
  private wantsOnline = true
  private incarnations = 0
  private life: Life | undefined

  constructor(
    world: Environment,
    number: number,
    clockOffsetMs: number,
    streams: readonly SimulatedStream[],
  ) {
    this.world = world
    this.number = number
    this.name = `client${number}`
    this.clockOffsetMs = clockOffsetMs
    this.wanted = new Set(streams)
    this.disk = new ClientDisk(memory(), world.random.fork(`${this.name}/disk`), () => world.scheduler.nowMs)
    this.disk.isLying = world.sabotage === 'client-disks-lie'
  }

  get isAlive(): boolean {
    return this.life !== undefined
  }

  get client(): FlowSyncClient | undefined {
    return this.life?.client
  }

  get incarnation(): number {
    return this.life?.incarnation ?? 0
  }

  handleOf(stream: SimulatedStream): StreamHandle<AnyMergeRule> | undefined {
    return this.life?.open.get(stream)?.handle
  }

  /** Starts an instance, unless one runs. */
  start(): void {
    if (this.life) return
    const { world, name } = this
    const incarnation = ++this.incarnations
    const process = new Process(
      name,
      world.scheduler,
      world.random.fork(`${name}/life${incarnation}`),
      this.clockOffsetMs,
    )
    world.log.write(name, `starts, life ${incarnation}`)
    const client = createClient({
      url: 'http://hub.test',
      workspace: WORKSPACE,
      streams:
        this.number === 0 && world.sabotage === 'client-folds-otherwise'
          ? streamsThatFoldOtherwise
          : simulatedStreams,
      subject: name,
      token: () => world.tokens.issue(process, name),
      storage: this.disk.mount(process),
      transport: {
        connect: ({ workspace }, handlers) => world.network.connect(process, workspace, handlers),
      },
      system: process.system,
      host: this.locks.hostFor(process),
      connect: this.wantsOnline,
    })
    this.life = { incarnation, process, client, open: new Map() }
    for (const stream of this.wanted) this.openStream(stream)
  }

  /** Ends the instance as a crash does: nothing more is done, nothing is told to anybody. */
  crash(): void {
    if (!this.life) return
    this.world.log.write(this.name, 'crashes')
    this.life.process.kill()
    this.life = undefined
    this.world.network.break(this.name)
  }

  /** Ends the instance as a page that is left does: it closes, and has no time for more than what closing starts. */
  leave(): void {
    const { life } = this
    if (!life) return
    this.world.log.write(this.name, 'leaves')
    for (const { stop } of life.open.values()) stop()
    this.life = undefined
    life.client.close().then(
      () => {
        this.world.log.write(this.name, `life ${life.incarnation} has closed`)
        life.process.kill()
      },
      (error: unknown) => this.world.report(`${this.name}: close() rejected with ${String(error)}`),
    )
  }

  goOffline(): void {
    this.wantsOnline = false
    this.life?.client.goOffline()
  }

  goOnline(): void {
    this.wantsOnline = true
    this.life?.client.goOnline()
  }

  jumpClock(byMs: number): void {
    this.clockOffsetMs += byMs
    if (this.life) this.life.process.clockOffsetMs += byMs
  }

  openStream(stream: SimulatedStream): void {
    const { life, world } = this
    this.wanted.add(stream)
    if (!life || life.open.has(stream)) return
    const handle = life.client.stream(stream) as StreamHandle<AnyMergeRule>
    const where = `${this.name} life ${life.incarnation} ${stream}`
    const watch = new HandleWatch(stream, (problem) => world.report(`${where}: ${problem}`))
    const look = (): void => {
      if (life.process.isAlive) watch.onSnapshot(handle.getSnapshot())
    }
    const stopListening = handle.subscribe(look)
    const stopDeltas = handle.onDelta((deltas) => watch.onDelta(deltas as readonly TextDelta[], handle.value))
    look()
    handle.whenReady().then(
      () => this.checkReload(life, stream, handle),
      (error: unknown) => {
        if (!isFlowSyncError(error) || error.code !== 'client/closed')
          world.report(`${where}: failed with ${String(error)}`)
      },
    )
    const stop = (): void => {
      stopListening()
      stopDeltas()
      handle.close()
    }
    life.open.set(stream, { handle, stop })
  }

  closeStream(stream: SimulatedStream): void {
    this.wanted.delete(stream)
    this.life?.open.get(stream)?.stop()
    this.life?.open.delete(stream)
  }

  /** Makes `count` edits of a stream in one go, each held to what it must show at once. */
  edit(stream: SimulatedStream, salt: number, count: number): void {
    const { life, world } = this
    const handle = life?.open.get(stream)?.handle
    if (!life || !handle) return
    for (let index = 0; index < count; index++) {
      const ordinal = salt * MAX_EDITS_PER_STEP + index
      const edit = drawEdit(stream, world.random.fork(`edit/${ordinal}`), handle.value, ordinal)
      world.log.write(this.name, `${stream} ${JSON.stringify(edit.intent)}`)
      const receipt = handle.push(edit.intent)
      const problem = edit.check(handle.value)
      if (problem !== undefined)
        world.report(`G6: ${this.name} ${stream} does not show its own edit: ${problem}`)
      this.follow(life, stream, edit, receipt)
    }
  }

  private follow(life: Life, stream: SimulatedStream, edit: Edit, receipt: Receipt): void {
    const { world } = this
    const entry = world.ledger.add(this.number, life.incarnation, stream, edit)
    receipt.saved.then(
      () => {
        entry.saved = 'yes'
      },
      () => {
        entry.saved = 'no'
      },
    )
    receipt.acked.then(
      ({ seq }) => {
        entry.ackedSeq = seq
        world.checkAcknowledgement(entry)
      },
      (error: unknown) => this.onRefused(entry, error),
    )
  }

  private onRefused(entry: LedgerEntry, error: unknown): void {
    const code = isFlowSyncError(error) ? error.code : String(error)
    // Not a refusal: its author closed, the edit stays in the outbox.
    if (code === 'client/closed') return
    entry.refused = code
    this.world.report(
      `${this.name} ${entry.stream}: ${JSON.stringify(entry.edit.intent)} was taken back, ${String(error)}`,
    )
  }

  /** What earlier instances saved must be seen as soon as the stream is ready. */
  private checkReload(life: Life, stream: SimulatedStream, handle: StreamHandle<AnyMergeRule>): void {
    if (!life.process.isAlive || !stream.startsWith('chat:')) return
    const shown = new Set(handle.value as readonly string[])
    for (const { edit, incarnation } of this.world.ledger.savedOf(this.number, stream)) {
      if (edit.marker === undefined || shown.has(edit.marker)) continue
      this.world.report(
        `G6: ${this.name} life ${life.incarnation} ${stream} is ready and does not show ${edit.marker}, saved in life ${incarnation}`,
      )
    }
  }
}
