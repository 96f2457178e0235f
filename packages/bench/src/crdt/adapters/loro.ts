import { LoroDoc, type VersionVector } from 'loro-crdt'
import type { CounterPeer, Exchange, ListPeer, MapPeer, Peer, ReplicaName, TextPeer } from '../peer.js'

/** Containers are looked up once: each look-up makes an object that only a finalizer frees. */
interface Document {
  readonly doc: LoroDoc
  readonly text: ReturnType<LoroDoc['getText']>
  readonly map: ReturnType<LoroDoc['getMap']>
  readonly list: ReturnType<LoroDoc['getList']>
}

function create(name: ReplicaName): Document {
  const doc = new LoroDoc()
  doc.setPeerId(BigInt(`0x${name.hex.slice(0, 15)}`))
  return { doc, text: doc.getText('t'), map: doc.getMap('m'), list: doc.getList('list') }
}

function load(bytes: Uint8Array, name: ReplicaName): Document {
  const document = create(name)
  document.doc.import(bytes)
  return document
}

const exchange: Exchange<Document> = {
  create,
  free({ doc, text, map, list }) {
    for (const item of [text, map, list, doc]) item.free()
  },
  sender({ doc }) {
    let latest: Uint8Array | undefined
    doc.subscribeLocalUpdates((update) => {
      latest = update
    })
    return {
      take() {
        doc.commit()
        if (!latest) throw new Error('no update was made')
        const update = latest
        latest = undefined
        return update
      },
    }
  },
  receiver:
    ({ doc }) =>
    (update) =>
      doc.import(update),
  save: ({ doc }) => doc.export({ mode: 'snapshot' }),
  load,
}

const text: TextPeer<Document> = {
  ...exchange,
  edit({ text: target }, { position, deleteCount, insert }) {
    if (deleteCount > 0) target.delete(position, deleteCount)
    if (insert !== '') target.insert(position, insert)
  },
  text: ({ text: target }) => target.toString(),
  mark({ doc }) {
    doc.commit()
    return doc.oplogVersion()
  },
  since: ({ doc }, mark) => doc.export({ mode: 'update', from: mark as VersionVector }),
  merge: ({ doc }, update) => void doc.import(update),
  whole: ({ doc }) => doc.export({ mode: 'update' }),
  history: ({ doc }) => doc.export({ mode: 'update' }),
  readWhole: load,
  joiner: ({ doc }) => doc.export({ mode: 'shallow-snapshot', frontiers: doc.frontiers() }),
}

const map: MapPeer<Document> = {
  ...exchange,
  set: ({ map: target }, key, value) => target.set(key, value),
  get: ({ map: target }, key) => target.get(key),
  size: ({ map: target }) => target.size,
}

const list: ListPeer<Document> = {
  ...exchange,
  push: ({ list: target }, value) => void target.push(value),
  insert: ({ list: target }, index, value) => target.insert(index, value),
  values: ({ list: target }) => target.toArray(),
}

const counter: CounterPeer<ReturnType<LoroDoc['getCounter']>> = {
  create: (name) => create(name).doc.getCounter('counter'),
  increment: (target) => target.increment(1),
  value: (target) => target.value,
}

export const peer: Peer = {
  text,
  map,
  list,
  counter,
  limits: { live: 50_000, 'map-applied': 25_000 },
  notes: { 'joiner-bytes': 'a shallow snapshot' },
}
