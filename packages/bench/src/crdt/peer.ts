import type { SessionEdit } from '@flowsync/testkit/sessions'

/** Random bits for one replica; each library takes the form that its documentation asks for. */
export interface ReplicaName {
  /** 32 lowercase hex digits. */
  readonly hex: string
  /** From 65,536 up to 2^32 - 1. */
  readonly number: number
}

/** One end of a session, beside the document that is edited. */
export interface Sender {
  /** One update with all edits since the last call. */
  take(): Uint8Array
  /** Called after the document has merged something: what has not been taken shall not be sent. */
  skip?(): void
}

/** How documents of one kind come to be, travel and rest, whatever they hold. */
export interface Exchange<Doc> {
  create(name: ReplicaName): Doc
  /** Gives back what garbage collection does not see, such as memory of a WebAssembly module. */
  free?(doc: Doc): void
  sender(doc: Doc): Sender
  /** The other end of a session. */
  receiver(doc: Doc): (update: Uint8Array) => void
  /** Ends what waits only for others to acknowledge it, where a library has such a thing. */
  settle?(doc: Doc): void
  /** The whole history, or the whole state of a library that keeps no history. */
  save(doc: Doc): Uint8Array
  load(bytes: Uint8Array, name: ReplicaName): Doc
}

/** A text as one library keeps it. Positions are UTF-16 units unless `positions` says otherwise. */
export interface TextPeer<Doc> extends Exchange<Doc> {
  readonly positions?: 'code-points'
  /** A session carries all that its document merges, not only what is typed there: one brings everything. */
  readonly relays?: true
  edit(doc: Doc, edit: SessionEdit): void
  text(doc: Doc): string
  /** Names what `doc` knows now, for {@link TextPeer.since}. */
  mark(doc: Doc): unknown
  /** Everything that came after `mark`, as one update for a document that knows the rest. */
  since(doc: Doc, mark: unknown): Uint8Array
  merge(doc: Doc, update: Uint8Array): void
  /** A document that takes all of `bytes`, what {@link TextPeer.whole} gave, as a single update. */
  whole(doc: Doc): Uint8Array
  readWhole(bytes: Uint8Array, name: ReplicaName): Doc
  /**
   * The history by itself, which {@link TextPeer.readWhole} takes; absent when what `save` gives holds nothing
   * beside it, such as a text that is ready to be read.
   */
  history?(doc: Doc): Uint8Array
  /** The least that a joiner needs who shall see the text and go on writing; absent when it is what `save` gives. */
  joiner?(doc: Doc): Uint8Array
}

/** A map from strings to numbers. */
export interface MapPeer<Doc> extends Exchange<Doc> {
  set(doc: Doc, key: string, value: number): void
  /** Several at once, for a library that takes hours to do so many one by one; not where time is measured. */
  setMany?(doc: Doc, entries: readonly (readonly [key: string, value: number])[]): void
  get(doc: Doc, key: string): unknown
  size(doc: Doc): number
}

/** A list of numbers. */
export interface ListPeer<Doc> extends Exchange<Doc> {
  push(doc: Doc, value: number): void
  insert(doc: Doc, index: number, value: number): void
  values(doc: Doc): readonly unknown[]
}

/** A number that everybody can add to. */
export interface CounterPeer<Doc> {
  create(name: ReplicaName): Doc
  increment(doc: Doc): void
  value(doc: Doc): number
}

/** What a library can do, in the terms of the benchmarks; what is absent it cannot, for the reason in `lacks`. */
export interface Peer {
  readonly text?: TextPeer<unknown>
  readonly map?: MapPeer<unknown>
  readonly list?: ListPeer<unknown>
  readonly counter?: CounterPeer<unknown>
  /** Why there is no such thing, by the name of a kind or a benchmark. */
  readonly lacks?: Readonly<Record<string, string>>
  /** What to know when reading a figure, by the name of a benchmark. */
  readonly notes?: Readonly<Record<string, string>>
  /** At most this many edits or operations, by the name of a benchmark: of a session that would take minutes. */
  readonly limits?: Readonly<Record<string, number>>
}
