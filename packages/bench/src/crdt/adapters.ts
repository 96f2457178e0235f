import type { Peer } from './peer.js'

/** The adapters by the names that `--peers` and results use; nothing is imported before it is asked for. */
export const adapters = {
  flowsync: () => import('./adapters/flowsync.js'),
  floor: () => import('./adapters/floor.js'),
  yjs: () => import('./adapters/yjs.js'),
  'json-joy': () => import('./adapters/json-joy.js'),
  loro: () => import('./adapters/loro.js'),
  automerge: () => import('./adapters/automerge.js'),
  'diamond-types': () => import('./adapters/diamond-types.js'),
  ywasm: () => import('./adapters/ywasm.js'),
} satisfies Record<string, () => Promise<{ readonly peer: Peer }>>

/** What is measured, the floor among them. */
export type PeerName = keyof typeof adapters

/** In the order of the tables. */
export const peerNames = Object.keys(adapters) as PeerName[]
