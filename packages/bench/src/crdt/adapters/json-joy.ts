import { Model, Patch, s, type ArrApi, type ObjApi, type StrApi } from 'json-joy/lib/json-crdt/index.js'
import type { Exchange, ListPeer, MapPeer, Peer, ReplicaName, TextPeer } from '../peer.js'

/** A model with the handle of its root, which json-joy's documentation keeps too. */
interface Document<Api> {
  readonly model: Model
  readonly root: Api
}

type Root = Parameters<Model['setSchema']>[0]

/** @param rootOf finds the handle of the model's root */
function exchange<Api>(schema: () => Root, rootOf: (model: Model) => Api): Exchange<Document<Api>> {
  const open = (model: Model): Document<Api> => ({ model, root: rootOf(model) })
  return {
    create(name) {
      const model = Model.create(undefined, name.number)
      // The session that all replicas have in common, so that all begin with the same root.
      model.setSchema(schema(), true)
      model.api.flush()
      return open(model)
    },
    sender: ({ model }) => ({ take: () => model.api.flush().toBinary() }),
    receiver:
      ({ model }) =>
      (update) =>
        model.applyPatch(Patch.fromBinary(update)),
    save: ({ model }) => model.toBinary(),
    load: (bytes: Uint8Array, name: ReplicaName) => open(Model.load(bytes, name.number)),
  }
}

const strings = exchange<StrApi>(
  () => s.str(''),
  (model) => model.api.str([]),
)
const text: TextPeer<Document<StrApi>> = {
  ...strings,
  edit({ root }, { position, deleteCount, insert }) {
    if (deleteCount > 0) root.del(position, deleteCount)
    if (insert !== '') root.ins(position, insert)
  },
  text: ({ root }) => root.view(),
  mark: ({ model }) => void model.api.flush(),
  since: ({ model }) => model.api.flush().toBinary(),
  merge: ({ model }, update) => model.applyPatch(Patch.fromBinary(update)),
  whole: (document) => strings.save(document),
  readWhole: (bytes, name) => strings.load(bytes, name),
}

const map: MapPeer<Document<ObjApi>> = {
  ...exchange<ObjApi>(
    () => s.obj({}),
    (model) => model.api.obj([]),
  ),
  set: ({ root }, key, value) => root.set({ [key]: value }),
  get: ({ root }, key) => (root.view() as Record<string, unknown>)[key],
  size: ({ root }) => Object.keys(root.view() as Record<string, unknown>).length,
}

const list: ListPeer<Document<ArrApi>> = {
  ...exchange<ArrApi>(
    () => s.arr([]),
    (model) => model.api.arr([]),
  ),
  push: ({ root }, value) => root.push(value),
  insert: ({ root }, index, value) => root.ins(index, [value]),
  values: ({ root }) => root.view(),
}

export const peer: Peer = {
  text,
  map,
  list,
  lacks: { counter: 'has a counter as an extension only' },
  notes: {
    'history-bytes': 'the state only: it keeps no history',
    'concurrent-graph': 'a model loaded, not an update merged',
  },
}
