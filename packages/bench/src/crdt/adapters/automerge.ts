import * as A from '@automerge/automerge'
import type { CounterPeer, Exchange, ListPeer, MapPeer, Peer, ReplicaName, TextPeer } from '../peer.js'

interface Content {
  text: string
  map: Record<string, number>
  list: number[]
  counter: A.Counter
}

/** Documents are immutable; this holds the newest one. */
interface Holder {
  doc: A.Doc<Content>
}

// One beginning for all replicas, by an author of its own. Without a time: it must be the same in every process.
const beginning = A.save(
  A.change(A.init<Content>({ actor: '00' }), { time: 0 }, (doc) => {
    Object.assign(doc, { text: '', map: {}, list: [], counter: new A.Counter() })
  }),
)

function load(bytes: Uint8Array, name: ReplicaName): Holder {
  return { doc: A.load<Content>(bytes, { actor: name.hex }) }
}

function change(holder: Holder, edit: (doc: Content) => void): void {
  holder.doc = A.change(holder.doc, edit)
}

const exchange: Exchange<Holder> = {
  create: (name) => load(beginning, name),
  free: ({ doc }) => A.free(doc),
  sender: (holder) => ({
    take() {
      const update = A.getLastLocalChange(holder.doc)
      if (!update) throw new Error('no update was made')
      return update
    },
  }),
  receiver: (holder) => (update) => {
    holder.doc = A.applyChanges(holder.doc, [update])[0]
  },
  save: ({ doc }) => A.save(doc),
  load,
}

const text: TextPeer<Holder> = {
  ...exchange,
  edit(holder, { position, deleteCount, insert }) {
    change(holder, (doc) => A.splice(doc, ['text'], position, deleteCount, insert))
  },
  text: ({ doc }) => doc.text,
  mark: ({ doc }) => A.getHeads(doc),
  since: ({ doc }, mark) => A.saveSince(doc, mark as A.Heads),
  merge(holder, update) {
    holder.doc = A.loadIncremental(holder.doc, update)
  },
  whole: (holder) => exchange.save(holder),
  readWhole: load,
}

const map: MapPeer<Holder> = {
  ...exchange,
  set(holder, key, value) {
    change(holder, (doc) => {
      doc.map[key] = value
    })
  },
  setMany(holder, entries) {
    change(holder, (doc) => {
      for (const [key, value] of entries) doc.map[key] = value
    })
  },
  get: ({ doc }, key) => doc.map[key],
  size: ({ doc }) => Object.keys(doc.map).length,
}

const list: ListPeer<Holder> = {
  ...exchange,
  push: (holder, value) => change(holder, (doc) => void doc.list.push(value)),
  insert: (holder, index, value) => change(holder, (doc) => A.insertAt(doc.list, index, value)),
  values: ({ doc }) => [...doc.list],
}

const counter: CounterPeer<Holder> = {
  create: (name) => exchange.create(name),
  increment: (holder) => change(holder, (doc) => doc.counter.increment(1)),
  value: ({ doc }) => doc.counter.value,
}

export const peer: Peer = {
  text,
  map,
  list,
  counter,
  notes: {
    'map-saved': 'set in one change',
    'map-memory': 'set in one change',
    'map-overwrites': 'written in one change a thousand',
  },
  limits: {
    'local-edits': 20_000,
    live: 5_000,
    'concurrent-live': 3_000,
    'concurrent-graph': 3_000,
    'merge-bursty-50k': 10_000,
    'merge-random-50k': 10_000,
    'map-made': 1_000,
    'map-applied': 1_000,
    'list-pushes': 1_000,
    'list-random': 1_000,
    counter: 3_000,
  },
}
