import type { PeerName } from './adapters.js'

const packages: Readonly<Record<PeerName, string | undefined>> = {
  flowsync: '@flowsync/crdt',
  floor: undefined,
  yjs: 'yjs',
  'json-joy': 'json-joy',
  loro: 'loro-crdt',
  automerge: '@automerge/automerge',
  'diamond-types': 'diamond-types-node',
  ywasm: 'ywasm',
}

/** The npm package of a peer; undefined for the floor, which is ours. */
export function packageOf(peer: PeerName): string | undefined {
  return packages[peer]
}
