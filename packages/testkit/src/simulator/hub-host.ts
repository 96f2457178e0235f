import type { FlowSyncError } from '@flowsync/crdt'
import {
  ClusterLink,
  createHubEngine,
  memory,
  silentLogger,
  type HubEngine,
  type LogDriver,
} from '@flowsync/hub'
import { createError } from '@flowsync/protocol'
import { connectToBus } from './hub-bus.js'
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
/** So little that logs are compacted in the middle of most runs. */
const COMPACTION = { keepOps: 8, minOps: 4, sweepMs: 5_000, idleKeepOps: 4, idleMinOps: 2 }
/** Few enough for an outbox to need several pushes. */
const LIMITS = { opsPerPush: 20 }

interface Life {
  readonly process: Process
  isDraining: boolean
  /** Undefined until its storage is open. */
  engine: HubEngine | undefined
}

export interface HubHostOptions {
  readonly number: number
  /** Whether other hubs use the same storage. */
  readonly isShared: boolean
  /** Whether it compacts logs. */
  readonly compacts: boolean
}

/** The machine of a hub: one hub process after the other on a storage that lasts. */
export class HubHost {
  /** Writes take up to seconds. */
  isDiskSlow = false
  /** Writes are refused. */
  isDiskFull = false
  /** Nothing gets through between it and the other hubs. */
  isCutOff = false
  readonly name: string
  private readonly world: Environment
  private readonly random: Random
  private readonly options: HubHostOptions
  private life: Life | undefined
  private lives = 0
  private crashes = 0
  private trap: { readonly moment: CrashMoment; readonly onCrashed: () => void } | undefined

  constructor(world: Environment, options: HubHostOptions) {
    const { number, isShared } = options
    this.world = world
    this.options = options
    this.name = isShared ? `hub${number}` : 'hub'
    this.random = world.random.fork(this.name)
  }

  /** How many hub processes have died. */
  get crashCount(): number {
    return this.crashes
  }

  /** Erases the log of a stream and leaves its state, as an administrator may. */
  truncate(stream: SimulatedStream): void {
    const { life, world, name } = this
    if (!life?.engine || life.isDraining) return
    const { process } = life
    life.engine.log.truncate({ workspace: WORKSPACE, stream }).then(
      (head) =>
        process.run(() => world.log.write(name, `has truncated ${stream} at ${head?.truncatedSeq ?? 0}`)),
      (error: unknown) =>
        process.run(() => world.log.write(name, `has not truncated ${stream}: ${String(error)}`)),
    )
  }

  /** Starts a hub process, unless one runs. */
  start(): void {
    if (this.life) return
    const { world } = this
    const process = new Process(this.name, world.scheduler, this.random.fork(`life${++this.lives}`))
    const life: Life = { process, isDraining: false, engine: undefined }
    this.life = life
    world.log.write(this.name, `starts, life ${this.lives}`)
    const storage = this.mount(process)
    storage.open().then(
      () => process.run(() => this.serve(life, storage)),
      (error: unknown) => world.report(`the hub cannot open its storage: ${describeError(error)}`),
    )
  }

  /** Ends the process at once. After a power loss nobody tells its peers that it is gone. */
  crash(isPowerLoss = false): void {
    if (!this.life) return
    const { process } = this.life
    this.crashes++
    this.world.log.write(this.name, isPowerLoss ? 'loses power' : 'crashes')
    process.kill()
    this.life = undefined
    if (this.world.sabotage === 'hub-disk-lies') this.world.store.forgetLastWrites()
    if (isPowerLoss) this.world.network.abandonAll(process)
    else this.world.network.breakAll(process)
  }

  /** Crashes at the next such moment. */
  crashOn(moment: CrashMoment, onCrashed: () => void): void {
    this.trap = { moment, onCrashed }
  }

  /** Ends the process in good order, as a rolling restart does; `onEnded` comes when it is gone. */
  stop(onEnded: () => void): void {
    const { life, world } = this
    if (!life?.engine || life.isDraining) return
    world.log.write(this.name, 'drains')
    life.isDraining = true
    life.engine.close(1_000).then(
      () => {
        if (this.life !== life) return
        world.log.write(this.name, 'has ended')
        life.process.kill()
        this.life = undefined
        world.network.breakAll(life.process)
        onEnded()
      },
      (error: unknown) => world.report(`the hub cannot close: ${describeError(error)}`),
    )
  }

  /** Ends all faults, and has a hub running. */
  heal(): void {
    this.isDiskSlow = false
    this.isDiskFull = false
    this.isCutOff = false
    this.trap = undefined
    if (this.life?.isDraining) this.crash()
    this.start()
  }

  private mount(process: Process): LogDriver {
    let isStored = false
    const driver = memory({
      disk: this.world.store.disk,
      isShared: this.options.isShared,
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
    const link = this.options.isShared ? this.createLink(life) : undefined
    const engine = createHubEngine({
      storage,
      streams: simulatedStreams,
      auth: (token) => world.tokens.verify(token),
      broadcast: {
        publish: (_workspace, stream, frame) => world.bus.publish(process, this.roomOf(stream), frame),
      },
      link,
      system: process.system,
      limits: LIMITS,
      snapshots: SNAPSHOTS,
      compaction: this.options.compacts ? COMPACTION : false,
    })
    life.engine = engine
    link?.start()
    world.network.listen(process, (workspace, side) => this.accept(engine, workspace, side))
  }

  private createLink(life: Life): ClusterLink {
    const { process } = life
    const isCutOff = (): boolean => this.isCutOff || !process.isAlive
    return new ClusterLink({
      connect: (events) => connectToBus({ bus: this.world.hubBus, process, isCutOff }, events),
      system: process.system,
      logger: silentLogger,
      onNotice: (notice) => life.engine?.receive(notice),
      onProven: (isProven) => life.engine?.setLinked(isProven),
    })
  }

  /** Each hub has rooms of its own. */
  private roomOf(stream: string): string {
    return this.options.isShared ? `${this.name} ${stream}` : stream
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
      join: (room) => this.world.bus.join(this.roomOf(room), member),
      leave: (room) => this.world.bus.leave(this.roomOf(room), member),
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
