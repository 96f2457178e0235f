import { isFlowSyncError } from '@flowsync/crdt'
import {
  type ClientMessage,
  createError,
  decodeClientMessage,
  DEFAULT_LIMITS,
  encodeHubMessage,
  HELLO_LIMITS,
  type Hello,
  type HubMessage,
  toWireError,
  type WireError,
} from '@flowsync/protocol'
import { tokenExpired } from '../auth/authenticate.js'
import { retryLater } from '../log/storage-health.js'
import type { OpenStream } from '../log/open-stream.js'
import { describeError } from '../logging/logger.js'
import type { GatewayContext } from './gateway-context.js'
import type { Departing } from './departures.js'
import { handleMessage } from './handlers/handle-message.js'
import { draining, openSession } from './handlers/hello.js'
import { type Told, tellToPull } from './handlers/tell-to-pull.js'
import type { ConnectionHandlers, HubConnection } from './hub-connection.js'
import { LiveFeed } from './live-feed.js'
import type { SessionConnection } from './session-connection.js'
import type { Session } from './session.js'

type State =
  | { readonly kind: 'new'; readonly cancelTimeout: () => void }
  /** `hello` is being checked; what was sent behind it waits. */
  | {
      readonly kind: 'greeting'
      readonly cancelTimeout: () => void
      readonly frames: Uint8Array[]
      bytes: number
    }
  | { readonly kind: 'open'; readonly session: Session; cancelExpiry: () => void }
  | { readonly kind: 'closed' }

/** Cancels the timer of a session that does not expire. */
const NEVER = (): void => undefined
const MAX_WAITING_READS = 256
/** What keeping a frame takes beside its bytes: empty ones are not for nothing. */
const FRAME_OVERHEAD_BYTES = 128

/** One connection from its first frame to its last: greets, decodes, dispatches, answers, expires. */
export class Connection implements ConnectionHandlers, SessionConnection, Departing {
  readonly workspace: string
  readonly context: GatewayContext
  private readonly peer: HubConnection
  private readonly onGone: () => void
  private state: State
  private readonly feed: LiveFeed
  private lastRead: Promise<void> = Promise.resolve()
  private waitingReads = 0
  private waitingBytes = 0

  constructor(context: GatewayContext, workspace: string, peer: HubConnection, onGone: () => void) {
    this.context = context
    this.workspace = workspace
    this.peer = peer
    this.onGone = onGone
    const cancelTimeout = context.system.setTimer(context.limits.helloTimeoutMs, () => {
      this.fail(createError('protocol/hello-timeout', 'No valid `hello` arrived in time.'))
    })
    this.state = { kind: 'new', cancelTimeout }
    this.feed = new LiveFeed(peer, context.limits.feedBytes, (session, told) =>
      this.tellMissed(session, told),
    )
  }

  get unreadBytes(): number {
    return this.peer.unreadBytes
  }

  /** The streams whose feed it gets. Those that are being opened are read after that. */
  followed(): OpenStream[] {
    return this.feed.followed()
  }

  onFrame(bytes: Uint8Array): void {
    const { state } = this
    switch (state.kind) {
      case 'new':
        return this.greet(state.cancelTimeout, bytes)
      case 'greeting':
        state.bytes += bytes.length + FRAME_OVERHEAD_BYTES
        if (state.bytes > this.context.limits.helloBytes) return this.fail(tooMuchBeforeWelcome())
        state.frames.push(bytes)
        return
      case 'open':
        return this.receive(state.session, bytes)
      case 'closed':
        return
    }
  }

  onUnread(hasGrown: boolean): void {
    this.feed.noteUnread(hasGrown)
  }

  onClose(): void {
    this.end()
  }

  send(message: HubMessage): void {
    if (this.state.kind !== 'closed') this.feed.answer(encodeHubMessage(message))
  }

  refuse(id: number, error: unknown): void {
    this.send({ type: 'refused', id, error: this.tell(error) })
  }

  tell(error: unknown): WireError {
    if (!isFlowSyncError(error)) this.context.logger.error(describeError(error), 'a request failed')
    return toWireError(retryLater(error))
  }

  fail(error: unknown, id = 0): void {
    if (this.state.kind === 'closed') return
    this.refuse(id, error)
    this.close()
  }

  close(): void {
    if (this.state.kind === 'closed') return
    this.end()
    this.peer.close()
  }

  get isGone(): boolean {
    return this.state.kind === 'closed'
  }

  sendAway(reconnectAfterMs: number): void {
    if (this.state.kind === 'open') this.send({ type: 'drain', reconnectAfterMs })
    else this.fail(draining())
  }

  join(stream: string): void {
    this.feed.join(stream)
  }

  leave(stream: string): void {
    this.feed.leave(stream)
  }

  watchExpiry(session: Session): void {
    if (this.state.kind !== 'open') return
    this.state.cancelExpiry()
    this.state.cancelExpiry = this.expiryTimer(session)
  }

  mayRead(): Promise<void> {
    return this.feed.mayAnswer()
  }

  readInTurn(id: number, bytes: number, read: () => Promise<void>): void {
    const isFull = this.waitingBytes > 0 && this.waitingBytes + bytes > this.context.limits.frameBytes
    if (isFull || this.waitingReads >= MAX_WAITING_READS) {
      this.refuse(
        id,
        createError('hub/overloaded', 'Too many requests of this connection wait.', {
          details: { retryAfterMs: 100 },
        }),
      )
      return
    }
    this.waitingReads++
    this.waitingBytes += bytes
    this.lastRead = this.lastRead.then(async () => {
      try {
        // Who does not read its answers gets no more of them: they would only wait in memory.
        await this.mayRead()
        if (this.state.kind === 'open') await read()
      } catch (error) {
        this.refuse(id, error)
      } finally {
        this.waitingReads--
        this.waitingBytes -= bytes
      }
    })
  }

  private tellMissed(session: Session, told: ReadonlyMap<string, Told>): void {
    this.lastRead = this.lastRead.then(async () => {
      try {
        if (this.state.kind === 'open') await tellToPull(this, session, told)
      } catch (error) {
        // Not lost: a client that hears nothing of a stream pulls by itself.
        this.context.logger.debug(describeError(error), 'a reader was not told to pull')
      }
    })
  }

  private greet(cancelTimeout: () => void, bytes: Uint8Array): void {
    const hello = this.decodeHello(bytes)
    if (!hello) return
    this.state = { kind: 'greeting', cancelTimeout, frames: [], bytes: 0 }
    openSession(this.context, this.workspace, hello)
      .then((session) => this.welcome(hello, session))
      .catch((error: unknown) => this.fail(error, hello.id))
  }

  private decodeHello(bytes: Uint8Array): Hello | undefined {
    try {
      const limits = { ...HELLO_LIMITS, frameBytes: this.context.limits.helloBytes }
      const message = decodeClientMessage(bytes, limits)
      if (message.type === 'hello') return message
      this.fail(createError('protocol/unexpected-message', 'The first message must be `hello`.'))
    } catch (error) {
      this.fail(error, requestOf(error))
    }
    return undefined
  }

  private welcome(hello: Hello, session: Session): void {
    const { state } = this
    if (state.kind !== 'greeting') return
    state.cancelTimeout()
    this.peer.admit()
    const { system, limits } = this.context
    this.state = { kind: 'open', session, cancelExpiry: this.expiryTimer(session) }
    this.send({
      type: 'welcome',
      id: hello.id,
      version: hello.version,
      sessionId: session.id,
      subject: session.subject,
      serverTimeMs: system.nowMs(),
      expiresAtMs: session.expiresAtMs,
      limits: { frameBytes: limits.frameBytes, opsPerPush: limits.opsPerPush },
    })
    this.feed.begin(session)
    for (const frame of state.frames) this.onFrame(frame)
  }

  private receive(session: Session, bytes: Uint8Array): void {
    // The timer may be late, a frame may not.
    if (session.isExpired(this.context.system.nowMs())) return this.fail(tokenExpired())
    const message = this.decode(bytes)
    if (message) handleMessage(this, session, message, bytes.length)
  }

  private decode(bytes: Uint8Array): ClientMessage | undefined {
    try {
      return decodeClientMessage(bytes, { ...DEFAULT_LIMITS, frameBytes: this.context.limits.frameBytes })
    } catch (error) {
      this.fail(error, requestOf(error))
      return undefined
    }
  }

  private expiryTimer(session: Session): () => void {
    if (session.expiresAtMs === 0) return NEVER
    const { system } = this.context
    return system.setTimer(Math.max(0, session.expiresAtMs - system.nowMs()), () => this.fail(tokenExpired()))
  }

  private end(): void {
    const { state } = this
    if (state.kind === 'closed') return
    if (state.kind === 'new' || state.kind === 'greeting') state.cancelTimeout()
    if (state.kind === 'open') state.cancelExpiry()
    this.state = { kind: 'closed' }
    this.feed.end()
    this.onGone()
  }
}

/** A `hello` of another version is refused by its id. */
function requestOf(error: unknown): number {
  const id = isFlowSyncError(error) ? error.details['id'] : undefined
  return typeof id === 'number' ? id : 0
}

function tooMuchBeforeWelcome(): Error {
  return createError('frame/too-large', 'Too much was sent before `welcome`.')
}
