import {
  counter,
  Fold,
  isReplicaId,
  list,
  map,
  OpDecoder,
  OpEncoder,
  TextDocument,
  UpdateDecoder,
  UpdateEncoder,
  type DocumentVersion,
  type MergeRule,
  type Op,
  type ReplicaId,
} from '@flowsync/crdt'
import type { CounterPeer, Exchange, ListPeer, MapPeer, Peer, ReplicaName, TextPeer } from '../peer.js'

const textPeer: TextPeer<TextDocument> = {
  relays: true,
  create: (name) => new TextDocument(replicaOf(name)),
  edit(document, { position, deleteCount, insert }) {
    if (deleteCount === 0) document.insert(position, insert)
    else if (insert === '') document.delete(position, deleteCount)
    else document.replace(position, deleteCount, insert)
  },
  text: (document) => document.value,
  sender(document) {
    const encoder = new UpdateEncoder(document)
    return { take: () => encoder.next() ?? nothingToSend() }
  },
  receiver(document) {
    const decoder = new UpdateDecoder(document)
    return (update) => void decoder.merge(update)
  },
  mark: ({ version }) => version,
  since: (document, mark) => document.encodeSince(mark as DocumentVersion),
  merge: (document, update) => void document.merge(update),
  whole: (document) => document.encodeSince([]),
  readWhole(bytes, name) {
    const document = new TextDocument(replicaOf(name))
    document.merge(bytes)
    return document
  },
  history: (document) => document.encodeSince([]),
  save: (document) => document.save(),
  load: (bytes, name) => TextDocument.load(bytes, replicaOf(name)),
  joiner: (document) => document.snapshot(),
}

function nothingToSend(): never {
  throw new Error('no update was made')
}

/** A stream as its client sees it: a fold, and the counters of its own replica. */
class Stream<Value, Intent, Body, State, Delta> {
  readonly fold: Fold<Value, Intent, Body, State, Delta>
  /** The newest op. */
  last: Op | undefined
  private readonly replica: ReplicaId
  private counter = 1

  constructor(fold: Fold<Value, Intent, Body, State, Delta>, name: ReplicaName) {
    this.fold = fold
    this.replica = replicaOf(name)
  }

  push(intent: Intent): void {
    const { replica, counter } = this
    const prepared = this.fold.prepare(intent, { replica, counter, nowMs: NOW_MS })
    if (!prepared) throw new Error('an intent that changes nothing')
    this.last = prepared.op
    this.counter += prepared.op.count
  }

  /** Places all pending ops, as a hub does. */
  place(): void {
    for (const { op } of [...this.fold.pending]) this.fold.receive({ ...op, seq: this.fold.seq + 1 })
  }
}

type StreamOf<Rule> =
  Rule extends MergeRule<infer Value, infer Intent, infer Body, infer State, infer Delta, infer _Actions>
    ? Stream<Value, Intent, Body, State, Delta>
    : never

/** The author's clock; it stands still. */
const NOW_MS = 1_893_456_000_000
const SEQ_BYTES = 4

function replicaOf({ hex }: ReplicaName): ReplicaId {
  if (!isReplicaId(hex)) throw new Error(`${hex} is no replica id`)
  return hex
}

function exchange<Value, Intent, Body, State, Delta>(
  rule: MergeRule<Value, Intent, Body, State, Delta>,
): Exchange<Stream<Value, Intent, Body, State, Delta>> {
  return {
    create: (name) => new Stream(new Fold(rule), name),
    sender(stream) {
      const encoder = new OpEncoder()
      return { take: () => encoder.encode(stream.last ?? nothingToSend()) }
    },
    receiver({ fold }) {
      const decoder = new OpDecoder()
      return (update) => void fold.receive({ ...decoder.decode(update), seq: fold.seq + 1 })
    },
    settle: (stream) => stream.place(),
    // A state is kept with the seq it had folded up to.
    save(stream) {
      stream.place()
      const state = stream.fold.encodeState()
      const bytes = new Uint8Array(SEQ_BYTES + state.length)
      new DataView(bytes.buffer).setUint32(0, stream.fold.seq)
      bytes.set(state, SEQ_BYTES)
      return bytes
    },
    load(bytes, name) {
      const seq = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
      return new Stream(new Fold(rule, { state: bytes.subarray(SEQ_BYTES), seq }), name)
    },
  }
}

const mapRule = map<number>()
const mapPeer: MapPeer<StreamOf<typeof mapRule>> = {
  ...exchange(mapRule),
  set: (stream, key, value) => stream.push({ op: 'set', key, value }),
  get: ({ fold }, key) => fold.value[key],
  size: ({ fold }) => Object.keys(fold.value).length,
}

const listRule = list<number>()
const listPeer: ListPeer<StreamOf<typeof listRule>> = {
  ...exchange(listRule),
  push: (stream, value) => stream.push(listRule.actions.append(value)),
  insert: (stream, pos, value) => stream.push(listRule.actions.insert(pos, value)),
  values: ({ fold }) => fold.value,
}

const counterRule = counter()
const counterPeer: CounterPeer<StreamOf<typeof counterRule>> = {
  create: (name) => new Stream(new Fold(counterRule), name),
  increment: (stream) => stream.push(counterRule.actions.increment()),
  value: ({ fold }) => fold.value,
}

export const peer: Peer = {
  text: textPeer,
  map: mapPeer,
  list: listPeer,
  counter: counterPeer,
  notes: { 'joiner-bytes': 'text and version' },
}
