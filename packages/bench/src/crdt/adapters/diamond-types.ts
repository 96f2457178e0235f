import { Doc } from 'diamond-types-node'
import type { Peer, TextPeer } from '../peer.js'

const text: TextPeer<Doc> = {
  positions: 'code-points',
  create: (name) => new Doc(name.hex.slice(0, 8)),
  free: (doc) => doc.free(),
  edit(doc, { position, deleteCount, insert }) {
    if (deleteCount > 0) doc.del(position, deleteCount)
    if (insert !== '') doc.ins(position, insert)
  },
  text: (doc) => doc.get(),
  sender(doc) {
    let version = doc.getLocalVersion()
    return {
      take() {
        const update = doc.getPatchSince(version)
        version = doc.getLocalVersion()
        return update
      },
      skip() {
        version = doc.getLocalVersion()
      },
    }
  },
  receiver: (doc) => (update) => void doc.mergeBytes(update),
  mark: (doc) => doc.getLocalVersion(),
  since: (doc, mark) => doc.getPatchSince(mark as Uint32Array),
  merge: (doc, update) => void doc.mergeBytes(update),
  whole: (doc) => doc.toBytes(),
  readWhole: (bytes, name) => Doc.fromBytes(bytes, name.hex.slice(0, 8)),
  save: (doc) => doc.toBytes(),
  load: (bytes, name) => Doc.fromBytes(bytes, name.hex.slice(0, 8)),
}

export const peer: Peer = {
  text,
  lacks: { map: 'merges texts only', list: 'merges texts only', counter: 'merges texts only' },
}
