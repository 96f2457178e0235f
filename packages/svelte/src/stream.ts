import {
  createStreamObserver,
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
import { createAssign } from './assign.js'
import {
  clientOf,
  followedClient,
  getFlowSyncSource,
  refreshedClientOf,
  type FlowSyncSource,
} from './context.js'
import { observed } from './observed.js'
import type { Name, Value } from './types.js'

/** A stream as a store and as runes: `$doc` and `doc.current` are the value, all properties are reactive. */
export interface StreamStore<N extends Name> extends Readable<Value<N>> {
  /** The current value; the same reference until it changes. */
  readonly current: Value<N>
  /** The value of the first render, not reactive: for `value={doc.initial}` on a field that a server renders. */
  readonly initial: Value<N>
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
  /** The live handle, with `onDelta` and `whenReady`; another one when another user signs in. */
  readonly handle: StreamHandle<StreamRule<RegisteredStreams, N>>
}

/** A stream's store together with the methods of its rule. */
export type Stream<N extends Name> = StreamStore<N> & HandleActions<StreamActions<RegisteredStreams, N>>

/**
 * Binds a stream, which stays open while some template, effect or store subscriber reads it. Call it while a
 * component initialises, or give a client or what `initFlowSync` returned.
 *
 * Only a register can be assigned to, as `$title = 'x'` or `bind:value={$title}`: it then replaces the value for everybody.
 * Assigning to another stream does not compile, and throws `value/read-only` where types are not checked. What a
 * component writes while it mounts or runs an effect, as `bind:` may, is ignored: use `handle.set` to write from code.
 *
 * ```svelte
 * const doc = stream('doc:readme')
 * doc.insert(0, 'hi') // or doc.push({ op: 'insert', pos: 0, text: 'hi' })
 * ```
 * @throws FlowSyncError `config/invalid` when no client is provided, `stream/unknown` when no pattern covers the name
 */
export function stream<const N extends Name>(
  name: N,
  source: FlowSyncSource = getFlowSyncSource(),
): Stream<N> {
  const observer = createStreamObserver(source, name)
  const snapshot: () => StreamSnapshot<Value<N>> = observed(observer)
  const client = followedClient(source)
  const rule = clientOf(source).streams.ruleFor(name)
  const handleNow = (): StreamHandle<StreamRule<RegisteredStreams, N>> => {
    refreshedClientOf(source)
    return observer.handle
  }
  const assign = createAssign(name, rule, (value) => methodsOf(handleNow())['set']?.(value))
  const store: StreamStore<N> = {
    subscribe: followed(observer.select(({ value }) => value)).subscribe,
    get current() {
      return snapshot().value
    },
    // Untyped: Svelte calls it for `bind:value={doc.current}`.
    set current(value) {
      assign(value)
    },
    get initial() {
      return observer.getServerSnapshot().value
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
    push: (intent) => handleNow().push(intent),
    get handle() {
      client()
      return observer.handle
    },
  }
  const methods = Object.keys(rule.actions)
    // A custom rule's action that is called like a property of the store stays reachable through `handle`.
    .filter((action) => !(action in store))
    .map((action): [string, Method] => [action, (...args) => methodsOf(handleNow())[action]?.(...args)])
  // Svelte assigns through `set` with one argument: `$doc = x`.
  const set: Method = (...args) =>
    args.length === 1 || !('set' in rule.actions) ? assign(args[0]) : methodsOf(handleNow())['set']?.(...args)
  return Object.assign(store, Object.fromEntries(methods), { set }) as unknown as Stream<N>
}

type Method = (...args: unknown[]) => unknown

function methodsOf(handle: object): Readonly<Record<string, Method | undefined>> {
  return handle as Readonly<Record<string, Method | undefined>>
}

/** A store of what an observer shows, which changes at once with it. On a server it never does. */
function followed<T>(observer: Observer<T>): Readable<T> {
  return readable(observer.getSnapshot(), (set) => {
    const update = () => set(observer.getSnapshot())
    update()
    return BROWSER ? observer.subscribe(update) : undefined
  })
}
