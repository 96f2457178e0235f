import type { Cluster } from './cluster.js'
import { describeFault, FAULTS, type FaultKind, type PlannedFault } from './fault-plan.js'
import type { Fleet } from './fleet.js'
import type { Link } from './link.js'
import type { ServerProcess } from '../servers/server-process.js'
import { pause } from '../servers/until.js'

/** What is broken, and who is told. */
export interface FaultRunnerOptions {
  readonly cluster: Cluster
  readonly fleet: Fleet
  readonly say: (text: string) => void
  readonly onProblem: (problem: string) => void
}

/** Makes faults happen. Those of one target come one after the other, others overlap. */
export class FaultRunner {
  /** How many of each kind there were. */
  readonly counts: Partial<Record<FaultKind, number>> = {}
  private readonly options: FaultRunnerOptions
  private readonly healing = new AbortController()
  private readonly busy = new Map<string, Promise<void>>()

  constructor(options: FaultRunnerOptions) {
    this.options = options
  }

  /** Starts each fault at its time, and resolves when the last one has been started and the time is over. */
  async run(plan: readonly PlannedFault[], seconds: number): Promise<void> {
    const startMs = performance.now()
    const untilMs = (ms: number): Promise<void> =>
      pause(startMs + ms - performance.now(), this.healing.signal)
    for (const fault of plan) {
      await untilMs(fault.atMs)
      if (this.healing.signal.aborted) return
      this.queue(fault)
    }
    await untilMs(seconds * 1000)
  }

  /** Ends what is going on at once, and resolves when all servers serve and all links pass. */
  async heal(): Promise<void> {
    this.healing.abort()
    await Promise.all(this.busy.values())
  }

  private queue(fault: PlannedFault): void {
    const { target } = FAULTS[fault.kind]
    const keys =
      target === 'all-hubs'
        ? this.options.cluster.hubs.map((_, number) => `hub${number}`)
        : [`${target}${fault.number}`]
    const before = Promise.all(keys.map(async (key) => this.busy.get(key)))
    const done = before
      .then(() => this.happen(fault))
      .catch((error: unknown) => this.options.onProblem(String(error)))
    for (const key of keys) this.busy.set(key, done)
  }

  private async happen(fault: PlannedFault): Promise<void> {
    if (this.healing.signal.aborted) return
    const { kind } = fault
    this.counts[kind] = (this.counts[kind] ?? 0) + 1
    this.options.say(describeFault(fault))
    const { cluster } = this.options
    const hub = cluster.hubs[fault.number]
    switch (kind) {
      case 'hub-kill':
        return hub && this.restart(hub.server, 'SIGKILL', fault.forMs)
      case 'hub-drain':
        return hub && this.restart(hub.server, 'SIGTERM', fault.forMs)
      case 'hub-pause':
        return hub && this.freeze(hub.server, fault.forMs)
      case 'rolling-restart':
        for (const { server } of cluster.hubs) await this.restart(server, 'SIGTERM', fault.forMs)
        return
      case 'redis-kill':
        return cluster.redis && this.restart(cluster.redis.server, 'SIGKILL', fault.forMs)
      case 'redis-pause':
        return cluster.redis && this.freeze(cluster.redis.server, fault.forMs)
      case 'redis-flush':
        return void (await cluster.redis?.ask('FLUSHALL'))
      case 'redis-drop-clients':
        await cluster.redis?.ask('CLIENT KILL TYPE pubsub')
        return void (await cluster.redis?.ask('CLIENT KILL TYPE normal'))
      case 'store-restart':
        // What `pg_ctl restart -m immediate` sends: no checkpoint, recovery at the start. Redis has no such signal.
        return (
          cluster.store &&
          this.restart(cluster.store, cluster.store.name === 'postgres' ? 'SIGQUIT' : 'SIGTERM', fault.forMs)
        )
      case 'store-kill':
        return cluster.store && this.restart(cluster.store, 'SIGKILL', fault.forMs)
      case 'store-pause':
        return cluster.store && this.freeze(cluster.store, fault.forMs)
      case 'hub-redis-link':
        return this.disturb(hub?.toRedis, fault)
      case 'hub-store-link':
        return this.disturb(hub?.toStore, fault)
      case 'author-link':
        return this.disturb(cluster.authorLinks[fault.number], fault)
      case 'author-offline':
        return this.sendOffline(fault)
      case 'load-freeze':
        return this.freezeLoad(fault)
    }
  }

  private async restart(server: ServerProcess, signal: NodeJS.Signals, forMs: number): Promise<void> {
    const wasKilled = await server.end(signal)
    if (wasKilled) this.options.say(`${server.name} did not end at ${signal} within 10 s and was killed`)
    await pause(forMs, this.healing.signal)
    await server.start()
  }

  private async freeze(server: ServerProcess, forMs: number): Promise<void> {
    server.pause()
    await pause(forMs, this.healing.signal)
    server.resume()
  }

  private async disturb(link: Link | undefined, { mode, forMs }: PlannedFault): Promise<void> {
    if (!link || !mode) return
    link.setMode(mode)
    await pause(forMs, this.healing.signal)
    link.setMode({ kind: 'pass' })
  }

  private async sendOffline({ number, forMs }: PlannedFault): Promise<void> {
    this.options.fleet.setOnline(number, false)
    await pause(forMs, this.healing.signal)
    this.options.fleet.setOnline(number, true)
  }

  private async freezeLoad({ number, forMs }: PlannedFault): Promise<void> {
    this.options.fleet.freeze(number)
    await pause(forMs, this.healing.signal)
    this.options.fleet.thaw(number)
  }
}
