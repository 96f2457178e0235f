import type { ByteWriter } from '@flowsync/crdt'
import type { FrameReader } from './frame-reader.js'

/**
 * A byte layout with its type.
 *
 * Canonical: a value has one encoding, and `read` refuses every other. Whatever bytes it is given,
 * `read` returns a value that `write` would turn into the same bytes, or throws.
 */
export interface Codec<T> {
  /** The layout as text, the same for equal layouts; all of them together make the schema hash. */
  readonly describe: string
  /** @throws FlowSyncError `codec/invalid-value` when the value is outside the layout's bounds. */
  write(writer: ByteWriter, value: T): void
  /** @throws FlowSyncError `codec/malformed`, `frame/too-large` */
  read(reader: FrameReader): T
}

/** The type of the values that a codec reads and writes. */
export type Decoded<C> = C extends Codec<infer T> ? T : never
