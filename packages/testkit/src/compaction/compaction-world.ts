import { createClient, type ClientStorage, type FlowSyncClient, type StreamSnapshot } from '@flowsync/core'
import {
  counter,
  doc,
  Fold,
  list,
  log,
  map,
  richText,
  set,
  text,
  type AnyMergeRule,
  type SequencedOp,
} from '@flowsync/crdt'
import { createHubEngine, memory, type HubEngine, type LogDriver, type StreamHead } from '@flowsync/hub'
import { createSystem, decodeHubMessage, defineStreams, type System } from '@flowsync/protocol'
import { createRandom } from '../simulator/random.js'
import { InProcessNetwork } from '../test-hub/in-process-network.js'
import { drawIntent } from './draw-intent.js'

/** One stream of each rule. */
export const compactedStreams = defineStreams({
  'doc:*': text(),
  'counter:*': counter(),
  'set:*': set<string>(),
  'map:*': map<string>(),
  'list:*': list<string>(),
  'tree:*': doc({ shape: { body: 'text', votes: 'counter', items: 'list' } }),
  'rich:*': richText(),
  'log:*': log<string>(),
})

export const STREAMS = [
  'doc:a',
  'counter:a',
  'set:a',
  'map:a',
  'list:a',
  'tree:a',
  'rich:a',
  'log:a',
] as const
export type CompactedStream = (typeof STREAMS)[number]

type AnyHandle = {
  readonly value: unknown
  push(intent: unknown): { readonly saved: Promise<unknown>; readonly acked: Promise<unknown> }
}

interface Device {
  readonly client: FlowSyncClient<typeof compactedStreams>
  readonly handles: ReadonlyMap<string, AnyHandle>
}

const WORKSPACE = 'default'

/**
 * A hub and the devices of some people, of whom one at a time is connected: so the order of everything is that of the
 * calls, and two worlds that are told the same do the same.
 */
export class CompactionWorld {
  storage: LogDriver
  engine: HubEngine
  private readonly network = new InProcessNetwork()
  private readonly devices: Device[] = []
  private nowMs = 1_700_000_000_000
  private areAnswersLost = false

  private constructor(storage: LogDriver) {
    this.storage = storage
    this.engine = this.serve(storage)
  }

  private serve(storage: LogDriver): HubEngine {
    const engine = createHubEngine({
      storage,
      streams: compactedStreams,
      auth: (token) => ({ subject: token, grants: ['write:*'], expiresAtMs: 0 }),
      broadcast: {
        publish: (workspace, stream, frame) => {
          if (!this.areAnswersLost) this.network.publish(workspace, stream, frame)
        },
      },
      compaction: false,
      // What is made in the background would differ from run to run.
      snapshots: { minOps: Number.MAX_SAFE_INTEGER, maxOps: Number.MAX_SAFE_INTEGER },
    })
    this.network.listen({
      accept: (workspace, connection) =>
        engine.accept(workspace, {
          ...connection,
          send: (frame) => {
            if (!this.isAnswerLost(frame)) connection.send(frame)
          },
        }),
    })
    return engine
  }

  /** Whether `pushed` and feeds are lost on the way to clients from now on. */
  loseAnswers(areLost: boolean): void {
    this.areAnswersLost = areLost
  }

  private isAnswerLost(frame: Uint8Array): boolean {
    if (!this.areAnswersLost) return false
    const { type } = decodeHubMessage(frame)
    return type === 'pushed' || type === 'feed'
  }

  /** Ends the hub and starts another one on another storage. */
  async replaceStorage(storage: LogDriver): Promise<void> {
    await this.engine.close(0)
    await this.storage.close()
    this.storage = storage
    this.engine = this.serve(storage)
  }

  static async start(storage: LogDriver = memory()): Promise<CompactionWorld> {
    await storage.open()
    return new CompactionWorld(storage)
  }

  /** Returns its number. */
  addDevice(subject = `person ${this.devices.length}`, storage?: ClientStorage): number {
    const number = this.devices.length
    const client = createClient({
      url: 'http://hub.test',
      streams: compactedStreams,
      subject,
      token: () => subject,
      storage,
      transport: this.network.transport,
      system: this.systemOf(number),
      connect: false,
    })
    const handles = new Map(STREAMS.map((name) => [name, client.stream(name) as unknown as AnyHandle]))
    this.devices.push({ client, handles })
    return number
  }

  /** Ids are drawn in the same order in every world; the clock moves with the steps. */
  private systemOf(number: number): System {
    const random = createRandom(`device ${number}`)
    return {
      ...createSystem(),
      nowMs: () => this.nowMs,
      random: () => 0.5,
      randomBytes: (length) => random.bytes(length),
    }
  }

  client(device: number): FlowSyncClient<typeof compactedStreams> {
    return this.device(device).client
  }

  handle(device: number, stream: CompactedStream): AnyHandle {
    const handle = this.device(device).handles.get(stream)
    if (!handle) throw new Error(`device ${device} has no ${stream}`)
    return handle
  }

  snapshotOf(device: number, stream: CompactedStream): StreamSnapshot<unknown> {
    return this.client(device).stream(stream).getSnapshot()
  }

  private device(number: number): Device {
    const device = this.devices[number]
    if (!device) throw new Error(`there is no device ${number}`)
    return device
  }

  /** Makes an edit that depends on the value and the seed only. */
  edit(device: number, stream: CompactedStream, seed: string): void {
    this.nowMs += 10
    const handle = this.handle(device, stream)
    handle.push(drawIntent(stream, handle.value, createRandom(seed), `<${seed}>`))
  }

  /** Connects a device until it has sent what it had and fetched what there is. */
  async sync(device: number): Promise<void> {
    const { client } = this.device(device)
    client.goOnline()
    await client.whenSynced()
    client.goOffline()
  }

  async syncAll(): Promise<void> {
    for (let round = 0; round < 2; round++) {
      for (const [device, { client }] of this.devices.entries()) {
        if (client.getSnapshot().state !== 'closed') await this.sync(device)
      }
    }
  }

  async head(stream: CompactedStream): Promise<StreamHead | undefined> {
    return this.storage.findStream({ workspace: WORKSPACE, stream })
  }

  /** Makes a snapshot at a seq, whether that is a good place or not. */
  async snapshot(stream: CompactedStream, seq: number): Promise<void> {
    const head = await this.head(stream)
    if (!head || seq < Math.max(1, head.truncatedSeq)) return
    const rule: AnyMergeRule = compactedStreams.ruleFor(stream)
    const fold = new Fold(rule, await this.truncatedState(head))
    for (const op of await this.log(stream)) if (op.seq <= seq) fold.receive(op)
    const snapshot = { epoch: head.epoch, seq: fold.seq, state: fold.encodeState() }
    await this.storage.putSnapshot({ workspace: WORKSPACE, stream }, snapshot)
  }

  private async truncatedState(head: StreamHead) {
    return head.truncatedSeq === 0 ? undefined : this.storage.latestSnapshot(head, head.truncatedSeq)
  }

  async compact(stream: CompactedStream, throughSeq: number): Promise<void> {
    const head = await this.head(stream)
    if (head) await this.storage.compact(head, head.epoch, throughSeq)
  }

  async truncate(stream: CompactedStream): Promise<void> {
    await this.engine.log.truncate({ workspace: WORKSPACE, stream })
  }

  /** All ops that are left. */
  async log(stream: CompactedStream): Promise<readonly SequencedOp[]> {
    const head = await this.head(stream)
    if (!head) return []
    const slice = await this.storage.read({ ...head, afterSeq: head.truncatedSeq, limitBytes: Infinity })
    return slice?.ops ?? []
  }

  /** The state as a hub folds it from where it likes to begin. */
  async state(stream: CompactedStream): Promise<Uint8Array | undefined> {
    return (await this.engine.log.fold({ workspace: WORKSPACE, stream }))?.fold.encodeState()
  }

  async close(): Promise<void> {
    for (const { client } of this.devices) await client.close()
    await this.engine.close(0)
    await this.storage.close()
  }
}
