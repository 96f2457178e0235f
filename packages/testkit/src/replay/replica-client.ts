import { createClient, type FlowSyncClient, type Receipt, type Transport } from '@flowsync/core'
import { memory } from '@flowsync/core/memory'
import type { HubProcess } from './hub-process.js'
import { REPLAY_STREAM, REPLAY_WORKSPACE, replayStreams } from './replay-stream.js'
import type { SessionEdit } from './session.js'

type ReplayStreams = typeof replayStreams

/** One real client of a replay: its own socket, its own storage. */
export class ReplicaClient {
  readonly name: string
  private readonly client: FlowSyncClient<ReplayStreams>
  private readonly doc: ReturnType<FlowSyncClient<ReplayStreams>['stream']>
  private isOnlineWanted = true

  constructor(name: string, hub: HubProcess, transport: Transport) {
    this.name = name
    this.client = createClient({
      url: hub.url,
      workspace: REPLAY_WORKSPACE,
      streams: replayStreams,
      subject: name,
      token: () => hub.token(name),
      storage: memory(),
      connect: true,
      transport,
    })
    this.doc = this.client.stream(REPLAY_STREAM)
  }

  /** False during an offline spell. */
  get isMeantToBeOnline(): boolean {
    return this.isOnlineWanted
  }

  get text(): string {
    return this.doc.value
  }

  setOnline(isOnline: boolean): void {
    if (isOnline === this.isOnlineWanted) return
    this.isOnlineWanted = isOnline
    if (isOnline) this.client.goOnline()
    else this.client.goOffline()
  }

  type({ position, deleteCount, insert }: SessionEdit): Receipt {
    if (deleteCount === 0) return this.doc.insert(position, insert)
    if (insert === '') return this.doc.delete(position, deleteCount)
    return this.doc.replace(position, deleteCount, insert)
  }

  /** Resolves once the text has been loaded. */
  whenReady(): Promise<void> {
    return this.doc.whenReady()
  }

  /** Resolves once the client has nothing to send and shows this text. */
  async whenShowing(expected: string): Promise<void> {
    await this.client.whenSynced()
    if (this.text === expected) return
    await new Promise<void>((resolve) => {
      const stop = this.doc.subscribe(() => {
        if (this.text !== expected) return
        stop()
        resolve()
      })
    })
  }

  /** Resolves once the hub has everything that was typed here. */
  whenSent(): Promise<void> {
    return this.client.whenSynced()
  }

  /** Where the client stands, in a few words. */
  describe(): string {
    const { state, pendingCount, error } = this.client.getSnapshot()
    const problem = error ? `, ${error.code}` : ''
    return `${this.name} ${state}, ${this.text.length} units, ${pendingCount} pending${problem}`
  }

  close(): Promise<void> {
    return this.client.close()
  }
}
