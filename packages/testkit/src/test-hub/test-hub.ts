import { createClient, type ClientOptions, type FlowSyncClient, type Transport } from '@flowsync/core'
import { createHubEngine, memory, MemoryDisk, type HubEngine, type Identity } from '@flowsync/hub'
import { createError, createSystem, type StreamDefinitions, type System } from '@flowsync/protocol'
import { InProcessNetwork } from './in-process-network.js'

/** What a test hub serves. */
export interface TestHubOptions<S extends StreamDefinitions> {
  readonly streams: S
  /** The workspace of the clients it makes. Default `default`. */
  readonly workspace?: string
  /** Clock and chance of the hub. Default: the machine's. */
  readonly system?: System
}

/** A hub in the process of a test: no socket, no disk, nothing to clean up but itself. */
export interface TestHub<S extends StreamDefinitions> {
  /** For `createClient`, together with `transport`. */
  readonly url: string
  readonly transport: Transport
  /** A token that the hub takes. Default grants: write everything. */
  token(subject: string, grants?: readonly string[]): string
  /** A connected client with storage in memory; `options` override. Close it as any other. */
  client(subject?: string, options?: Partial<ClientOptions<S>>): FlowSyncClient<S>
  /** A stream's value, folded from the hub's log; undefined when nobody ever opened it. */
  read(stream: string): Promise<unknown>
  /** Breaks every connection, as a bad network does. Clients come back by themselves. */
  dropConnections(): void
  /** Nobody answers until {@link TestHub.start}. What was acknowledged stays. */
  stop(): void
  /** Answers again, as a hub does that was restarted on the same log. */
  start(): Promise<void>
  /** Ends the hub in good order. */
  close(): Promise<void>
}

/**
 * Starts a hub for tests of applications: the real engine behind an in-process transport.
 *
 * ```ts
 * const hub = await createTestHub({ streams })
 * const alice = hub.client('alice')
 * const bob = hub.client('bob')
 * ```
 */
export async function createTestHub<S extends StreamDefinitions>(
  options: TestHubOptions<S>,
): Promise<TestHub<S>> {
  const { streams, workspace = 'default', system = createSystem() } = options
  const url = 'http://hub.test'
  const network = new InProcessNetwork()
  const disk = new MemoryDisk()
  let engine: HubEngine | undefined

  async function start(): Promise<void> {
    if (engine) return
    const storage = memory({ disk, system })
    await storage.open()
    engine = createHubEngine({
      storage,
      streams,
      system,
      auth: readToken,
      broadcast: { publish: (space, stream, frame) => network.publish(space, stream, frame) },
    })
    network.listen(engine)
  }

  function stop(): void {
    network.listen(undefined)
    network.dropAll()
    engine = undefined
  }

  const token = (subject: string, grants: readonly string[] = ['write:*']): string =>
    JSON.stringify({ subject, grants })

  await start()
  return {
    url,
    transport: network.transport,
    token,
    client: (subject = 'tester', overrides = {}) =>
      createClient<S>({
        url,
        workspace,
        streams,
        subject,
        token: () => token(subject),
        transport: network.transport,
        system,
        connect: true,
        ...overrides,
      }),
    read: async (stream) => (await engine?.log.fold({ workspace, stream }))?.fold.value,
    dropConnections: () => network.dropAll(),
    stop,
    start,
    async close() {
      await engine?.close(0)
      stop()
    },
  }
}

function readToken(token: string): Identity {
  const claims: unknown = token.startsWith('{') ? JSON.parse(token) : undefined
  if (!isClaims(claims))
    throw createError('auth/token-invalid', 'Not a token of the test hub: use `hub.token()`.')
  return { ...claims, expiresAtMs: 0 }
}

function isClaims(value: unknown): value is { subject: string; grants: string[] } {
  return typeof value === 'object' && value !== null && 'subject' in value && 'grants' in value
}
