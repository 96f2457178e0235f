import {
  createStreamObserver,
  type FlowSyncClient,
  type FlowSyncError,
  type HandleActions,
  type Observer,
  type Receipt,
  type RegisteredStreams,
  type StreamAccess,
  type StreamActions,
  type StreamHandle,
  type StreamIntent,
  type StreamRule,
  type StreamSnapshot,
  type StreamStatus,
} from '@flowsync/core'
import { BROWSER } from 'esm-env'
import { readable, type Readable } from 'svelte/store'
import { getFlowSync } from './context.js'
import { observed } from './observed.js'
import type { Name, Value } from './types.js'

/** A stream as a store and as runes: `$doc` and `doc.current` are the value, all properties are reactive. */
export interface StreamStore<N extends Name> extends Readable<Value<N>> {
  /** The current value; the same reference until it changes. */
  readonly current: Value<N>
  /** Value and status together. */
  readonly snapshot: StreamSnapshot<Value<N>>
  readonly status: StreamStatus
  /** False while the value holds nothing the hub ever said. */
  readonly isSynced: boolean
  readonly access: StreamAccess
  /** Own edits that the hub has not acknowledged. */
  readonly pendingCount: number
  /** Why the stream failed, or why the last edit was taken back. */
  readonly error: FlowSyncError | undefined
  /** Folds an edit at once, then saves and sends it. */
  readonly push: (intent: StreamIntent<RegisteredStreams, N>) => Receipt
  /** The live handle, with `onDelta` and `whenReady`. */
  readonly handle: StreamHandle<StreamRule<RegisteredStreams, N>>
}

/** A stream's store together with the methods of its rule. */
export type Stream<N extends Name> = StreamStore<N> & HandleActions<StreamActions<RegisteredStreams, N>>

/**
 * Binds a stream, which stays open while some template, effect or store subscriber reads it. Call it while a
 * component initialises, or give the client.
 *
 * ```svelte
 * const doc = stream('doc:readme')
 * doc.insert(0, 'hi') // or doc.push({ op: 'insert', pos: 0, text: 'hi' })
 * ```
 * @throws FlowSyncError `config/invalid` when no client is provided, `stream/unknown` when no pattern covers the name
 */
export function stream<const N extends Name>(
  name: N,
  client: FlowSyncClient<RegisteredStreams> = getFlowSync(),
): Stream<N> {
  const observer = createStreamObserver(client, name)
  const { handle } = observer
  const snapshot: () => StreamSnapshot<Value<N>> = observed(observer)
  const store: StreamStore<N> = {
    subscribe: followed(observer.select(({ value }) => value)).subscribe,
    get current() {
      return snapshot().value
    },
    get snapshot() {
      return snapshot()
    },
    get status() {
      return snapshot().status
    },
    get isSynced() {
      return snapshot().isSynced
    },
    get access() {
      return snapshot().access
    },
    get pendingCount() {
      return snapshot().pendingCount
    },
    get error() {
      return snapshot().error
    },
    push: handle.push,
    handle,
  }
  return withActions(store, handle, Object.keys(client.streams.ruleFor(name).actions))
}

/** A store of what an observer shows, which changes at once with it. On a server it never does. */
function followed<T>(observer: Observer<T>): Readable<T> {
  return readable(observer.getSnapshot(), (set) => {
    const update = () => set(observer.getSnapshot())
    update()
    return BROWSER ? observer.subscribe(update) : undefined
  })
}

function withActions<N extends Name>(
  store: StreamStore<N>,
  handle: StreamHandle<StreamRule<RegisteredStreams, N>>,
  names: readonly string[],
): Stream<N> {
  const methods = handle as unknown as Readonly<Record<string, unknown>>
  // A custom rule's action that is called like a property of the store stays reachable through `handle`.
  const own = names.filter((name) => !(name in store)).map((name) => [name, methods[name]])
  return Object.assign(store, Object.fromEntries(own)) as Stream<N>
}
