import type { OpenClient } from './client.js'
import type { StartServer } from './server-types.js'

/** A peer's server and the client that loads it. */
interface PeerParts {
  /** npm packages, for the report. */
  readonly packages: readonly string[]
  readonly server?: () => Promise<{ readonly start: StartServer }>
  readonly client?: () => Promise<{ readonly open: OpenClient }>
}

/** The peers by the names that `--peers` and results use; nothing is imported before it is asked for. */
const peers = {
  flowsync: {
    packages: ['@flowsync/hub'],
    server: () => import('./servers/flowsync.js'),
    client: () => import('./clients/flowsync.js'),
  },
  /** What the work costs without any server: the bare store. */
  floor: { packages: [] },
  ws: {
    packages: ['ws'],
    server: () => import('./servers/ws.js'),
    client: () => import('./clients/ws.js'),
  },
  /** `ws` with a group commit to SQLite behind it. */
  'ws+sqlite': {
    packages: ['ws'],
    server: () => import('./servers/ws-sqlite.js'),
    client: () => import('./clients/ws.js'),
  },
  'socket.io': {
    packages: ['socket.io'],
    server: () => import('./servers/socket-io.js'),
    client: () => import('./clients/socket-io.js'),
  },
  hocuspocus: {
    packages: ['@hocuspocus/server'],
    server: () => import('./servers/hocuspocus.js'),
    client: () => import('./clients/hocuspocus.js'),
  },
  'y-websocket': {
    packages: ['@y/websocket-server', 'y-websocket', 'yjs'],
    server: () => import('./servers/y-websocket.js'),
    client: () => import('./clients/y-websocket.js'),
  },
} satisfies Record<string, PeerParts>

/** What is measured, the floor among them. */
export type PeerName = keyof typeof peers

/** In the order of the tables. */
export const peerNames = Object.keys(peers) as PeerName[]

/** The parts of a peer. */
export function partsOf(name: PeerName): PeerParts {
  return peers[name]
}
