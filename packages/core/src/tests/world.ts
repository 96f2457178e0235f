import { counter, set, text } from '@flowsync/crdt'
import { defineStreams } from '@flowsync/protocol'
import { createClient } from '../client.js'
import type { ClientOptions, FlowSyncClient } from '../client-types.js'
import type { Host } from '../host.js'
import { memory } from '../storage/memory.js'
import { FakeHub } from './fake-hub.js'
import { settle, VirtualSystem } from './virtual-system.js'

export const streams = defineStreams({ 'doc:*': text(), 'counter:*': counter(), 'guests:*': set<string>() })

type Streams = typeof streams

/** Tabs of one browser, as far as clients can tell. */
export class FakeHost implements Host {
  readonly isBrowser = true
  private readonly held = new Set<string>()
  private readonly listeners = new Set<() => void>()
  private readonly lookers = new Set<() => void>()
  online = true

  isOnline(): boolean {
    return this.online
  }
  onNetworkChange(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }
  onVisible(listener: () => void): () => void {
    this.lookers.add(listener)
    return () => void this.lookers.delete(listener)
  }
  /** The page is looked at again. */
  look(): void {
    for (const listener of this.lookers) listener()
  }
  async claim(name: string): Promise<{ release(): void } | undefined> {
    if (this.held.has(name)) return undefined
    this.held.add(name)
    return { release: () => void this.held.delete(name) }
  }
  /** Every tab dies without a word. */
  killTabs(): void {
    this.held.clear()
  }
  setOnline(online: boolean): void {
    this.online = online
    for (const listener of this.listeners) listener()
  }
}

/** A hub, a browser with a disk, and clients in it, on one virtual clock. */
export class World {
  readonly system = new VirtualSystem()
  readonly hub = new FakeHub(streams, this.system)
  readonly disk = memory()
  readonly host = new FakeHost()

  client(options: Partial<ClientOptions<Streams>> = {}): FlowSyncClient<Streams> {
    return createClient({
      url: 'http://hub.test',
      streams,
      subject: 'alice',
      token: () => 'token',
      storage: this.disk,
      system: this.system,
      host: this.host,
      transport: this.hub.transport,
      ...options,
    })
  }

  /** A client that is connected and has caught up. */
  async liveClient(options: Partial<ClientOptions<Streams>> = {}): Promise<FlowSyncClient<Streams>> {
    const client = this.client(options)
    await settle()
    return client
  }
}

/** An unsigned JWT for a subject. */
export function tokenFor(sub: string): string {
  return `e30.${btoa(JSON.stringify({ sub }))}.x`
}

/** The code of the error that a promise rejects with. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'resolved',
    (error: unknown) => (error as { code?: unknown }).code,
  )
}
