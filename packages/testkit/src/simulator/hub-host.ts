import type { FlowSyncError, SequencedOp } from '@flowsync/crdt'
import { createHubEngine, memory, MemoryDisk, type HubEngine, type LogDriver } from '@flowsync/hub'
import { createError } from '@flowsync/protocol'
import type { HubSide } from './network.js'
import { Process } from './process.js'
import type { Random } from './random.js'
import type { CrashMoment, SimulatedStream } from './scenario.js'
import { simulatedStreams, WORKSPACE } from './streams.js'
import type { WireEnd } from './wire.js'
import { describeError, type Environment } from './environment.js'

/** Codes of messages. */
const PUSHED = 0x44
const PULL = 0x05
/** Few enough for snapshots to be made, sent and gone back behind in every run. */
const SNAPSHOTS = { minOps: 6, maxOps: 25 }
/** Few enough for an outbox to need several pushes. */
const LIMITS = { opsPerPush: 20 }

interface Life {
  readonly process: Process
  isDraining: boolean
  /** Undefined until its storage is open. */
  engine: HubEngine | undefined
}

/** The machine of the hub: a disk that lasts, and one hub process after the other on it. */
export class HubHost {
  /** Writes take up to seconds. */
  isDiskSlow = false
  /** Writes are refused. */
  isDiskFull = false
  private readonly world: Environment
  private readonly random: Random
  private readonly disk = new MemoryDisk()
  private life: Life | undefined
  private lives = 0
  private crashes = 0
  private trap: { readonly moment: CrashMoment; readonly onCrashed: () => void } | undefined

  constructor(world: Environment) {
    this.world = world
    this.random = world.random.fork('hub')
  }

  /** How many hub processes have died. */
  get crashCount(): number {
    return this.crashes
  }

  /** What is durable of a stream's log. */
  logOf(stream: SimulatedStream): readonly SequencedOp[] {
    return this.disk.stream({ workspace: WORKSPACE, stream })?.ops ?? []
  }

  /** The durable snapshots of a stream, by seq. */
  snapshotsOf(stream: SimulatedStream): ReadonlyMap<number, Uint8Array> {
    const snapshots =
      this.disk.stream({ workspace: WORKSPACE, stream })?.snapshots ?? new Map<number, never>()
    return new Map(
      [...snapshots.values()].map(({ seq, state }: { seq: number; state: Uint8Array }) => [seq, state]),
    )
  }

  /** Starts a hub process, unless one runs. */
  start(): void {
    if (this.life) return
    const { world } = this
    const process = new Process('hub', world.scheduler, this.random.fork(`life${++this.lives}`))
    const life: Life = { process, isDraining: false, engine: undefined }
    this.life = life
    world.log.write('hub', `starts, life ${this.lives}`)
    const storage = this.mount(process)
    storage.open().then(
      () => process.run(() => this.serve(life, storage)),
      (error: unknown) => world.report(`the hub cannot open its storage: ${describeError(error)}`),
    )
  }

  /** Ends the process at once. After a power loss nobody tells its peers that it is gone. */
  crash(isPowerLoss = false): void {
    if (!this.life) return
    this.crashes++
    this.world.log.write('hub', isPowerLoss ? 'loses power' : 'crashes')
    this.life.process.kill()
    this.life = undefined
    if (this.world.sabotage === 'hub-disk-lies') this.forgetLastWrites()
    if (isPowerLoss) this.world.network.abandonAll()
    else this.world.network.breakAll()
  }

  /** Crashes at the next such moment. */
  crashOn(moment: CrashMoment, onCrashed: () => void): void {
    this.trap = { moment, onCrashed }
  }

  /** Ends the process in good order, as a rolling restart does; `onEnded` comes when it is gone. */
  stop(onEnded: () => void): void {
    const { life, world } = this
    if (!life?.engine || life.isDraining) return
    world.log.write('hub', 'drains')
    life.isDraining = true
    life.engine.close(1_000).then(
      () => {
        if (this.life !== life) return
        world.log.write('hub', 'has ended')
        life.process.kill()
        this.life = undefined
        world.network.breakAll()
        onEnded()
      },
      (error: unknown) => world.report(`the hub cannot close: ${describeError(error)}`),
    )
  }

  /** Ends all faults, and has a hub running. */
  heal(): void {
    this.isDiskSlow = false
    this.isDiskFull = false
    this.trap = undefined
    if (this.life?.isDraining) this.crash()
    this.start()
  }

  private mount(process: Process): LogDriver {
    let isStored = false
    const driver = memory({
      disk: this.disk,
      system: process.system,
      delayMs: () => {
        // Asked twice for each write: before it is stored, and after.
        if (isStored) this.spring('stored')
        isStored = false
        return this.random.next() * (this.isDiskSlow ? 2_000 : 4)
      },
      fault: (): FlowSyncError | undefined => {
        if (this.isDiskFull) return createError('storage/full', "The hub's simulated disk is full.")
        isStored = true
        return undefined
      },
    })
    const append = driver.append.bind(driver)
    driver.append = (batches) => {
      const stored = append(batches)
      this.spring('append')
      return stored
    }
    return driver
  }

  private serve(life: Life, storage: LogDriver): void {
    const { world } = this
    const { process } = life
    const engine = createHubEngine({
      storage,
      streams: simulatedStreams,
      auth: (token) => world.tokens.verify(token),
      broadcast: { publish: (_workspace, stream, frame) => world.bus.publish(process, stream, frame) },
      system: process.system,
      limits: LIMITS,
      snapshots: SNAPSHOTS,
    })
    life.engine = engine
    world.network.listen(process, (workspace, side) => this.accept(engine, workspace, side))
  }

  private accept(engine: HubEngine, workspace: string, side: HubSide): WireEnd {
    const member = {
      send: (frame: Uint8Array): void => {
        if (frame[0] === PUSHED && this.spring('answer')) return
        side.send(frame)
      },
    }
    const handlers = engine.accept(workspace, {
      address: '127.0.0.1',
      unreadBytes: 0,
      admit: () => undefined,
      send: member.send,
      close: () => side.close(),
      join: (room) => this.world.bus.join(room, member),
      leave: (room) => this.world.bus.leave(room, member),
    })
    return {
      onFrame: (frame) => {
        if (this.world.sabotage === 'pulls-are-lost' && frame[0] === PULL) return
        handlers.onFrame(frame)
      },
      onClose: () => {
        this.world.bus.leaveAll(member)
        handlers.onClose()
      },
    }
  }

  /** What a disk does that reported a write before it was durable. */
  private forgetLastWrites(): void {
    for (const { ops, replicas } of this.disk.streamsOf(WORKSPACE)) {
      const last = ops.pop()
      const log = last && replicas.get(last.replica)
      if (!log) continue
      log.ops.pop()
      log.nextCounter = last.counter
    }
  }

  /** Crashes if this is the moment that was waited for. */
  private spring(moment: CrashMoment): boolean {
    const { trap } = this
    if (trap?.moment !== moment) return false
    this.trap = undefined
    this.crash()
    trap.onCrashed()
    return true
  }
}
