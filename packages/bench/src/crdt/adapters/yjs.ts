import * as Y from 'yjs'
import type { Exchange, ListPeer, MapPeer, Peer, TextPeer } from '../peer.js'

const exchange: Exchange<Y.Doc> = {
  create(name) {
    const doc = new Y.Doc()
    doc.clientID = name.number
    return doc
  },
  sender(doc) {
    let updates: Uint8Array[] = []
    doc.on('update', (update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      if (transaction.local) updates.push(update)
    })
    return {
      take() {
        const [only] = updates
        const update = updates.length === 1 && only ? only : Y.mergeUpdates(updates)
        updates = []
        return update
      },
    }
  },
  receiver: (doc) => (update) => Y.applyUpdate(doc, update),
  save: (doc) => Y.encodeStateAsUpdateV2(doc),
  load(bytes, name) {
    const doc = exchange.create(name)
    Y.applyUpdateV2(doc, bytes)
    return doc
  },
}

const text: TextPeer<Y.Doc> = {
  ...exchange,
  edit(doc, { position, deleteCount, insert }) {
    const target = doc.getText('t')
    if (deleteCount === 0) target.insert(position, insert)
    else if (insert === '') target.delete(position, deleteCount)
    else {
      doc.transact(() => {
        target.delete(position, deleteCount)
        target.insert(position, insert)
      })
    }
  },
  // toJSON is the method for the plain text; it is what toString calls.
  text: (doc) => doc.getText('t').toJSON(),
  mark: (doc) => Y.encodeStateVector(doc),
  since: (doc, mark) => Y.encodeStateAsUpdate(doc, mark as Uint8Array),
  merge: (doc, update) => Y.applyUpdate(doc, update),
  whole: (doc) => Y.encodeStateAsUpdate(doc),
  readWhole(bytes, name) {
    const doc = exchange.create(name)
    Y.applyUpdate(doc, bytes)
    return doc
  },
}

const map: MapPeer<Y.Doc> = {
  ...exchange,
  set: (doc, key, value) => void doc.getMap('m').set(key, value),
  get: (doc, key) => doc.getMap('m').get(key),
  size: (doc) => doc.getMap('m').size,
  // Compressed, the first format is the smaller one for maps.
  save: (doc) => Y.encodeStateAsUpdate(doc),
  load: (bytes, name) => text.readWhole(bytes, name),
}

const list: ListPeer<Y.Doc> = {
  ...exchange,
  push: (doc, value) => doc.getArray('l').push([value]),
  insert: (doc, index, value) => doc.getArray('l').insert(index, [value]),
  values: (doc) => doc.getArray('l').toArray(),
}

export const peer: Peer = {
  text,
  map,
  list,
  lacks: { counter: 'has no counter' },
  notes: { 'history-bytes': 'the state only, in the second format: it keeps no history' },
  limits: { 'list-pushes': 25_000 },
}
