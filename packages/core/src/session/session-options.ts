import type { ReplicaId } from '@flowsync/crdt'
import type { System, Welcome } from '@flowsync/protocol'
import type { Host } from '../host.js'
import type { Stream } from '../stream/stream.js'
import type { TokenSource } from './token.js'
import type { Transport, TransportTarget } from './transport.js'

/** What a session is made of. */
export interface SessionOptions {
  readonly system: System
  readonly host: Host
  readonly transport: Transport
  readonly target: TransportTarget
  readonly tokens: TokenSource
  /** Resolves when everything stored can be read, with whom it belongs to. Called with each new token. */
  readonly prepare: (token: string) => Promise<string>
  /** Who speaks. */
  readonly replicas: () => { readonly replica: ReplicaId; readonly adopted: readonly ReplicaId[] }
  /** The streams to follow from the start. */
  readonly streams: () => Iterable<Stream>
  /** The largest frame the hub takes has become known. */
  readonly onLimits: (limits: Welcome['limits']) => void
  /** The token or the hub speaks of another user than the data belongs to. */
  readonly onOtherSubject: (subject: string) => void
  /** State, error or refusal may have changed. */
  readonly onChange: () => void
}
