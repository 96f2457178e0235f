import { createClient, type FlowSyncClient, type Receipt, type StreamHandle } from '@flowsync/core'
import { memory } from '@flowsync/core/memory'
import { isFlowSyncError, type AnyMergeRule, type TextDelta } from '@flowsync/crdt'
import { ClientDisk } from './client-disk.js'
import { HandleWatch } from './handle-watch.js'
import type { Author, LedgerEntry } from './ledger.js'
import { Locks } from './locks.js'
import { Process } from './process.js'
import { MAX_EDITS_PER_STEP, type SimulatedClient, type SimulatedStream } from './scenario.js'
import { simulatedStreams, streamsThatFoldOtherwise, WORKSPACE } from './streams.js'
import { drawEdit, show, type Edit } from './workload.js'
import type { Environment } from './environment.js'

interface OpenStream {
  readonly handle: StreamHandle<AnyMergeRule>
  readonly watch: HandleWatch
  readonly stop: () => void
}

/** One life of a device: a client instance, from its start to its crash or its orderly end. */
interface Life {
  readonly incarnation: number
  readonly process: Process
  readonly client: FlowSyncClient
  readonly open: Map<SimulatedStream, OpenStream>
}

/** What the tabs of one browser share. */
export interface Browser {
  readonly user: string
  readonly disk: ClientDisk
  readonly locks: Locks
  /** How many devices of the run are tabs of it. */
  tabs: number
}

/**
 * One device, or one tab of it: a disk that lasts, and one client instance after the other on it. It opens the streams it is told to,
 * edits them, and holds every instance to what it promised.
 */
export class Device {
  readonly name: string
  readonly number: number
  readonly browser: Browser
  private readonly world: Environment
  private readonly isReader: boolean
  private clockOffsetMs: number
  private readonly wanted: Set<SimulatedStream>
  private wantsOnline = true
  private incarnations = 0
  private life: Life | undefined

  /** @param browser of which the device is another tab; without it, it has one of its own */
  constructor(
    world: Environment,
    number: number,
    client: SimulatedClient,
    streams: readonly SimulatedStream[],
    browser?: Browser,
  ) {
    this.world = world
    this.number = number
    this.name = `client${number}`
    this.isReader = client.isReader
    this.clockOffsetMs = client.clockOffsetMs
    this.wanted = new Set(streams)
    this.browser = browser ?? this.createBrowser()
    this.browser.tabs++
  }

  private createBrowser(): Browser {
    const { world, name } = this
    const disk = new ClientDisk(memory(), world.random.fork(`${name}/disk`), () => world.scheduler.nowMs)
    disk.isLying = world.sabotage === 'client-disks-lie'
    return { user: `user${this.number}`, disk, locks: new Locks(), tabs: 0 }
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
    const { user, disk, locks } = this.browser
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
      subject: user,
      token: () => world.tokens.issue(process, user, this.isReader ? 'read' : 'write'),
      storage: disk.mount(process),
      transport: {
        connect: ({ workspace }, handlers) => world.network.connect(process, workspace, handlers),
      },
      system: process.system,
      host: locks.hostFor(process),
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
    const handle: StreamHandle = life.client.stream<string>(stream)
    const where = `${this.name} life ${life.incarnation} ${stream}`
    const watch = new HandleWatch(stream, (problem) => world.report(`${where}: ${problem}`), this.isReader)
    const look = (): void => {
      if (life.process.isAlive) watch.onSnapshot(handle.getSnapshot())
    }
    const stopListening = handle.subscribe(look)
    const stopDeltas = handle.onDelta((deltas) => watch.onDelta(deltas as readonly TextDelta[], handle.value))
    look()
    handle.whenReady().then(
      () => this.checkReload(life, stream, handle),
      (error: unknown) => {
        if (this.life === life && life.open.has(stream))
          world.report(`${where}: failed with ${String(error)}`)
      },
    )
    const stop = (): void => {
      stopListening()
      stopDeltas()
      handle.close()
    }
    life.open.set(stream, { handle, watch, stop })
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
      const edit = drawEdit(
        stream,
        world.random.fork(`edit/${ordinal}`),
        handle.value,
        ordinal,
        this.world.padding,
      )
      world.log.write(this.name, `${stream} ${show(edit.intent)}`)
      const isRefusedAtOnce = handle.getSnapshot().access === 'read'
      const receipt = handle.push(edit.intent)
      const problem = isRefusedAtOnce ? undefined : edit.check(handle.value)
      if (problem !== undefined)
        world.report(`G6: ${this.name} ${stream} does not show its own edit: ${problem}`)
      this.follow(life, stream, edit, receipt)
    }
  }

  private author({ incarnation }: Life): Author {
    const { number, isReader, browser } = this
    return { device: number, incarnation, isReader, isTab: browser.tabs > 1 }
  }

  private follow(life: Life, stream: SimulatedStream, edit: Edit, receipt: Receipt): void {
    const { world } = this
    const entry = world.ledger.add(this.author(life), stream, edit)
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
    if (this.isReader && code === 'acl/denied') return
    this.world.report(
      `${this.name} ${entry.stream}: ${show(entry.edit.intent)} was taken back, ${String(error)}`,
    )
  }

  /** Once all is quiet: whether the listeners of every open stream were told of what it shows. */
  checkTold(): void {
    for (const { handle, watch } of this.life?.open.values() ?? []) watch.checkTold(handle.getSnapshot())
  }

  /** What earlier instances saved must be seen as soon as the stream is ready. */
  private checkReload(life: Life, stream: SimulatedStream, handle: StreamHandle<AnyMergeRule>): void {
    if (!life.process.isAlive || this.life !== life || !life.open.has(stream) || !stream.startsWith('chat:'))
      return
    // What another tab has taken over to send shows when it was sent.
    if (this.browser.tabs > 1 || this.isReader) return
    // A client that cannot use its disk says so, and says that it shows nothing the hub ever said.
    if (life.client.getSnapshot().storage.health !== 'ok' && !handle.getSnapshot().isSynced) return
    const shown = new Set((handle.value as readonly string[]).map((text) => text.replace(/x+$/, '')))
    for (const { edit, incarnation } of this.world.ledger.savedOf(this.number, stream)) {
      if (edit.marker === undefined || shown.has(edit.marker)) continue
      this.world.report(
        `G6: ${this.name} life ${life.incarnation} ${stream} is ready and does not show ${edit.marker}, saved in life ${incarnation}`,
      )
    }
  }
}
