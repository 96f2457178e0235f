import type { SessionEdit } from '@flowsync/testkit/sessions'
import { encodeStateVectorFromUpdate } from 'yjs'
import type { ClientOptions, RawClient } from '../client.js'
import { LightSocket } from '../light-socket.js'
import { appendUpdate, editsOf, sessionUpdate, textOfUpdate } from '../yjs-updates.js'

/** What arrived, in the terms that both protocols share. */
export type YjsMeaning =
  | { readonly kind: 'authenticated' }
  /** Everything that the joining client lacked. */
  | { readonly kind: 'state'; readonly update: Uint8Array }
  | { readonly kind: 'edits'; readonly first: number; readonly through: number }
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'other' }

/** How a protocol around Yjs says things. */
export interface YjsProtocol {
  readonly path: string
  /** Sent when the connection is open. */
  readonly greeting: Uint8Array
  /** Asks for what a state vector lacks. */
  question(stateVector: Uint8Array): Uint8Array
  /** Whether the question waits for an answer to the greeting. */
  readonly isAsked: 'at once' | 'when authenticated'
  update(bytes: Uint8Array): Uint8Array
  read(bytes: Buffer): YjsMeaning
  /** Without acknowledgements an update has arrived when it comes back. */
  readonly acknowledges: boolean
}

const NOTHING = Uint8Array.of(0)

/** A client of a server that keeps documents of Yjs. It sends each edit as its providers do, as soon as it is made. */
export class YjsClient implements RawClient {
  readonly ready: Promise<void>
  private readonly options: ClientOptions
  private readonly protocol: YjsProtocol
  private readonly socket: LightSocket
  private resolveReady: () => void = () => undefined
  private resolveFilled: (() => void) | undefined
  private state: Uint8Array | undefined

  constructor(options: ClientOptions, protocol: YjsProtocol) {
    this.options = options
    this.protocol = protocol
    this.ready = new Promise((resolve) => (this.resolveReady = resolve))
    this.socket = new LightSocket(options.url, protocol.path, {
      onOpen: () => {
        this.socket.sendBinary(protocol.greeting)
        if (protocol.isAsked === 'at once') this.ask()
      },
      onText: () => options.onFailure(new Error('a text')),
      onBinary: (bytes) => this.receive(protocol.read(bytes)),
      onFailure: options.onFailure,
    })
  }

  send(first: number, through: number): void {
    for (let number = first; number <= through; number++) {
      this.socket.sendBinary(this.protocol.update(appendUpdate(this.options.author, number)))
    }
  }

  version(): unknown {
    return encodeStateVectorFromUpdate(this.joined)
  }

  text(): string {
    return textOfUpdate(this.joined)
  }

  joinedBytes(): number {
    return this.joined.length
  }

  fill(edits: readonly SessionEdit[]): Promise<void> {
    return new Promise((resolve) => {
      this.resolveFilled = resolve
      this.socket.sendBinary(this.protocol.update(sessionUpdate(edits, this.options.author)))
    })
  }

  close(): void {
    this.socket.close()
  }

  private get joined(): Uint8Array {
    if (!this.state) throw new Error('not joined yet')
    return this.state
  }

  private ask(): void {
    this.socket.sendBinary(this.protocol.question((this.options.have as Uint8Array | undefined) ?? NOTHING))
  }

  private receive(meaning: YjsMeaning): void {
    switch (meaning.kind) {
      case 'authenticated':
        return this.ask()
      case 'state':
        this.state = meaning.update
        return this.resolveReady()
      case 'edits':
        if (!this.protocol.acknowledges && this.resolveFilled) return this.filled()
        return this.options.onEdits?.(meaning.first, meaning.through)
      case 'acknowledged':
        if (this.resolveFilled) return this.filled()
        return this.options.onAcknowledged?.(1)
      case 'other':
        return
    }
  }

  private filled(): void {
    this.resolveFilled?.()
    this.resolveFilled = undefined
  }
}

/** An update as the edits that it brings. */
export function editsMeaning(update: Uint8Array): YjsMeaning {
  const edits = editsOf(update)
  return edits ? { kind: 'edits', ...edits } : { kind: 'other' }
}
