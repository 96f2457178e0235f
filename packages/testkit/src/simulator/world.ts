import { Bus } from './bus.js'
import { describeFrame } from './describe-frame.js'
import { Device } from './device.js'
import { describeError, type Environment, type Sabotage } from './environment.js'
import { EventLog } from './event-log.js'
import { HubHost } from './hub-host.js'
import { HubStore } from './hub-store.js'
import { Ledger, type LedgerEntry } from './ledger.js'
import { findMarker } from './log-checks.js'
import { Network } from './network.js'
import { EPOCH_MS } from './process.js'
import { createRandom, type Random } from './random.js'
import type { Scenario, SimulatedClient, SimulatedStream } from './scenario.js'
import { Scheduler } from './scheduler.js'
import { TokenService } from './tokens.js'
import { show } from './workload.js'

/** Beyond this many, further problems say nothing new. */
const MAX_PROBLEMS = 30

/** All there is in one simulated run. */
export class World implements Environment {
  readonly random: Random
  readonly scheduler: Scheduler
  readonly log: EventLog
  readonly ledger = new Ledger()
  readonly network: Network
  readonly bus: Bus
  readonly hubBus: Bus
  readonly store = new HubStore()
  readonly tokens: TokenService
  readonly hubs: readonly HubHost[]
  readonly devices: Device[]
  readonly problems: string[] = []
  /** From here on nothing is disturbed any more. */
  isHealed = false

  readonly padding: number
  readonly sabotage: Sabotage | undefined

  constructor(scenario: Scenario, sabotage?: Sabotage) {
    this.sabotage = sabotage
    this.padding = scenario.padding
    this.random = createRandom(`run/${scenario.seed}`)
    this.scheduler = new Scheduler((error, label) =>
      this.report(`uncaught in "${label}": ${describeError(error)}`),
    )
    const trueNowMs = () => EPOCH_MS + this.scheduler.nowMs
    this.log = new EventLog(() => this.scheduler.nowMs)
    this.network = new Network({
      scheduler: this.scheduler,
      random: this.random.fork('network'),
      onEvent: (actor, text) => this.log.write(actor, text),
      describeFrame,
    })
    this.bus = new Bus(this.random.fork('bus'))
    this.tokens = new TokenService(this.random.fork('tokens'), scenario.tokenTtlMs, trueNowMs)
    this.hubBus = new Bus(this.random.fork('hub bus'))
    const { hubs, compacts } = scenario
    this.hubs = Array.from(
      { length: hubs },
      (_, number) => new HubHost(this, { number, isShared: hubs > 1, compacts }),
    )
    this.devices = []
    for (const client of scenario.clients) this.createDevice(client, scenario.streams)
  }

  report(problem: string): void {
    this.log.write('!!!', problem)
    if (this.problems.length < MAX_PROBLEMS)
      this.problems.push(`${this.scheduler.nowMs.toFixed(1)} ms: ${problem}`)
  }

  /** Adds a device that has never been there. */
  addDevice(streams: readonly SimulatedStream[]): Device {
    const device = this.createDevice({ clockOffsetMs: 0, isReader: false, latencyMs: 20 }, streams)
    device.start()
    return device
  }

  private createDevice(client: SimulatedClient, streams: readonly SimulatedStream[]): Device {
    const browser = client.tabOf === undefined ? undefined : this.devices[client.tabOf]?.browser
    this.network.setLatency(`client${this.devices.length}`, { lowMs: 0.5, highMs: client.latencyMs })
    const device = new Device(this, this.devices.length, client, streams, browser)
    this.devices.push(device)
    return device
  }

  checkAcknowledgement({ stream, edit, ackedSeq, device }: LedgerEntry): void {
    if (edit.marker === undefined || ackedSeq === undefined) return
    const log = this.store.logOf(stream)
    const op = log[ackedSeq - 1]
    if (op && findMarker([op], edit.marker).length === 1) return
    const [seq] = findMarker(log, edit.marker)
    if (seq !== undefined && this.isForgotten(stream, seq, ackedSeq)) return
    this.report(
      `G1: ${show(edit.intent)} of device ${device} on ${stream} is acknowledged at seq ${ackedSeq}, ` +
        `where the disk has ${op ? 'another op' : 'nothing'}`,
    )
  }

  /**
   * Whether an op may have been acknowledged with a later seq. Whoever was below the floor gets a snapshot, and hears of own
   * ops that they are in it, not where.
   */
  isForgotten(stream: SimulatedStream, seq: number, ackedSeq: number): boolean {
    return this.store.floorSeqOf(stream) > 0 && seq <= ackedSeq
  }

  /** Ends every process, so that nothing of this run does anything any more. */
  end(): void {
    for (const device of this.devices) device.crash()
    for (const hub of this.hubs) hub.crash()
  }
}
