import * as Y from 'ywasm'
import type { Exchange, ListPeer, MapPeer, Peer, ReplicaName, TextPeer } from '../peer.js'

/** Shared types are looked up once: each look-up makes an object that only a finalizer frees. */
interface Document {
  readonly doc: Y.YDoc
  readonly text: Y.YText
  readonly map: Y.YMap
  readonly list: Y.YArray
}

function create(name: ReplicaName): Document {
  const doc = new Y.YDoc({ clientID: name.number })
  return { doc, text: doc.getText('t'), map: doc.getMap('m'), list: doc.getArray('l') }
}

function merge({ doc }: Document, update: Uint8Array): void {
  Y.applyUpdate(doc, update, REMOTE)
}

const REMOTE = 'remote'

const exchange: Exchange<Document> = {
  create,
  free({ doc, text, map, list }) {
    for (const item of [text, map, list, doc]) item.free()
  },
  sender(document) {
    let updates: Uint8Array[] = []
    document.doc.onUpdate((update: Uint8Array, event: { readonly origin?: unknown } | undefined) => {
      if (event?.origin !== REMOTE) updates.push(update)
    })
    return {
      take() {
        const [update] = updates
        if (updates.length !== 1 || !update) throw new Error(`${updates.length} updates for one edit`)
        updates = []
        return update
      },
    }
  },
  receiver: (document) => (update) => merge(document, update),
  save: ({ doc }) => Y.encodeStateAsUpdateV2(doc),
  load(bytes, name) {
    const document = create(name)
    Y.applyUpdateV2(document.doc, bytes, REMOTE)
    return document
  },
}

const text: TextPeer<Document> = {
  ...exchange,
  edit({ doc, text: target }, { position, deleteCount, insert }) {
    if (deleteCount === 0) target.insert(position, insert, undefined, undefined)
    else if (insert === '') target.delete(position, deleteCount, undefined)
    else {
      const transaction = doc.beginTransaction(undefined)
      target.delete(position, deleteCount, transaction)
      target.insert(position, insert, undefined, transaction)
      transaction.free()
    }
  },
  text: ({ text: target }) => target.toString(undefined),
  mark: ({ doc }) => Y.encodeStateVector(doc),
  since: ({ doc }, mark) => Y.encodeStateAsUpdate(doc, mark as Uint8Array),
  merge,
  whole: ({ doc }) => Y.encodeStateAsUpdate(doc),
  readWhole(bytes, name) {
    const document = create(name)
    merge(document, bytes)
    return document
  },
}

const map: MapPeer<Document> = {
  ...exchange,
  set: ({ map: target }, key, value) => target.set(key, value, undefined),
  get: ({ map: target }, key): unknown => target.get(key, undefined),
  size: ({ map: target }) => target.length(undefined),
  save: (document) => text.whole(document),
  load: (bytes, name) => text.readWhole(bytes, name),
}

const list: ListPeer<Document> = {
  ...exchange,
  push: ({ list: target }, value) => target.push([value], undefined),
  insert: ({ list: target }, index, value) => target.insert(index, [value], undefined),
  values: ({ list: target }) => target.toJson(undefined) as unknown[],
}

export const peer: Peer = {
  text,
  map,
  list,
  lacks: { counter: 'has no counter' },
  limits: { 'local-edits': 50_000, live: 50_000 },
  notes: { 'history-bytes': 'the state only, in the second format: it keeps no history' },
}
