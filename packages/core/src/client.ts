import type { StreamDefinitions } from '@flowsync/protocol'
import type { ClientOptions, FlowSyncClient } from './client-types.js'

/**
 * Makes a client: one replica of a workspace's streams, which folds edits at once, keeps them on disk and syncs them with a hub.
 *
 * ```ts
 * const client = createClient({ url: 'https://hub.example', streams, token: fetchToken, storage: dexie() })
 * const doc = client.stream('doc:readme')
 * doc.insert(0, 'hi')
 * ```
 * @throws FlowSyncError `config/invalid`
 */
export declare function createClient<S extends StreamDefinitions>(options: ClientOptions<S>): FlowSyncClient<S>
