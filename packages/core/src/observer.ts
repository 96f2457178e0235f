import type { ValueOf } from '@flowsync/crdt'
import type { StreamDefinitions, StreamName, StreamRule } from '@flowsync/protocol'
import { internalsOf } from './client-internals.js'
import type { ClientLease } from './client-lease.js'
import type { ClientSnapshot, FlowSyncClient } from './client-types.js'
import type { StreamHandle } from './stream/handle-types.js'
import type { Registry } from './stream/registry.js'
import type { StreamSnapshot } from './stream/snapshot.js'

/** How an observer looks at a stream. */
export interface StreamObserverOptions<Value, Selected> {
  /** What of the snapshot to watch. Default: all of it. Another selection takes another observer. */
  readonly select?: (snapshot: StreamSnapshot<Value>) => Selected
  /** When two selections count as equal: the former reference is kept and nobody is told. Default `Object.is`. */
  readonly isEqual?: (a: Selected, b: Selected) => boolean
}

/** The contract that every binding is made of: subscribe, read, forget. */
export interface Observer<Selected> {
  /** Calls `listener` when what is observed has changed. Returns the function that ends it; calling that twice is fine. */
  readonly subscribe: (listener: () => void) => () => void
  /** The same reference until something observed changes; safe to call while rendering. */
  readonly getSnapshot: () => Selected
  /** What a server renders and the first client render must repeat: hydrated state, or the empty one. */
  readonly getServerSnapshot: () => Selected
}

/** Observes one stream. */
export interface StreamObserver<Rule, Selected = StreamSnapshot<ValueOf<Rule>>> extends Observer<Selected> {
  /**
   * Usable at any time, subscribed or not; an edit pushed through it opens the stream for as long as it takes. Of a lease it is
   * the handle of the present client: read it for each edit, for that of a former client throws `client/closed`.
   */
  readonly handle: StreamHandle<Rule>
  /**
   * Another look at the same stream. The function may be a new one on every rendering: `subscribe` stays the same, and
   * the selection before is kept as long as the new one equals it. It is told of every change of the snapshot.
   */
  select<T>(
    select: (snapshot: StreamSnapshot<ValueOf<Rule>>) => T,
    isEqual?: (a: T, b: T) => boolean,
  ): Observer<T>
}

/** How long a stream stays open after its last listener: a tree that is mounted again at once finds it as it was. */
const GRACE_MS = 1_000

/** What can be observed: a client, or the lease of one, which is followed when its client changes. */
export type ObservedClient<S extends StreamDefinitions> = FlowSyncClient<S> | ClientLease<S>

/**
 * Observes a stream without holding it open while nobody listens: it is opened by the first `subscribe` and closed
 * a moment after the last one ended, so that mounting twice, as React's StrictMode does, costs nothing.
 *
 * @throws FlowSyncError `stream/name-invalid`, `stream/unknown`
 */
export function createStreamObserver<
  S extends StreamDefinitions,
  const Name extends StreamName<S>,
  Selected = StreamSnapshot<ValueOf<StreamRule<S, Name>>>,
>(
  client: ObservedClient<S>,
  name: Name,
  options: StreamObserverOptions<ValueOf<StreamRule<S, Name>>, Selected> = {},
): StreamObserver<StreamRule<S, Name>, Selected> {
  type Snapshot = StreamSnapshot<ValueOf<StreamRule<S, Name>>>
  const registryNow = (): Registry => internalsOf(clientOf(client)).registry
  // Mistakes in the name are told at once.
  registryNow().handleOf(name)
  const now = (): Snapshot => registryNow().peek(name).getSnapshot() as Snapshot
  const atFirst = (): Snapshot => registryNow().firstSnapshot(name) as Snapshot

  const subscribe = (listener: () => void): (() => void) =>
    followClient(client, listener, () => {
      const registry = registryNow()
      const stream = registry.open(name)
      const stop = stream.subscribe(listener)
      return () => {
        stop()
        registry.releaseSoon(stream, GRACE_MS)
      }
    })
  const selecting = <T>(
    memory: SelectorMemory,
    select: (snapshot: Snapshot) => T,
    isEqual?: Equality<T>,
  ): Observer<T> => {
    const live = createSelector(select, isEqual, memory.live)
    const first = createSelector(select, isEqual, memory.first)
    return { subscribe, getSnapshot: () => live(now()), getServerSnapshot: () => first(atFirst()) }
  }

  const memory = createSelectorMemory()
  const own = selecting(
    createSelectorMemory(),
    options.select ?? ((snapshot) => snapshot as Selected),
    options.isEqual,
  )
  return {
    ...own,
    get handle() {
      return registryNow().handleOf(name) as StreamHandle<StreamRule<S, Name>>
    },
    select: (select, isEqual) => selecting(memory, select, isEqual),
    subscribe(listener) {
      let known = own.getSnapshot()
      return subscribe(() => {
        const selected = own.getSnapshot()
        if (selected === known) return
        known = selected
        listener()
      })
    },
  }
}

type Equality<T> = (a: T, b: T) => boolean

/** What was selected last, live and for the first render: by this selector, or by the one it replaces. */
interface SelectorMemory {
  readonly live: { last?: { readonly selected: unknown } }
  readonly first: { last?: { readonly selected: unknown } }
}

function createSelectorMemory(): SelectorMemory {
  return { live: {}, first: {} }
}

/** Selects once per snapshot, and keeps the former selection as long as it is equal. */
function createSelector<Snapshot, Selected>(
  select: (snapshot: Snapshot) => Selected,
  isEqual: Equality<Selected> = Object.is,
  memory: SelectorMemory['live'],
): (snapshot: Snapshot) => Selected {
  let known: { readonly snapshot: Snapshot; readonly selected: Selected } | undefined
  return (snapshot) => {
    if (known?.snapshot === snapshot) return known.selected
    const fresh = select(snapshot)
    // Selectors that take turns on one observer are the same one, written anew.
    const { last } = memory as { last?: { readonly selected: Selected } }
    const selected = last && isEqual(last.selected, fresh) ? last.selected : fresh
    known = { snapshot, selected }
    memory.last = known
    return selected
  }
}

/** What a server shows of a client's state: it is connected to nothing. */
const SERVER_STATE: Pick<ClientSnapshot, 'state' | 'isOnline' | 'pendingCount' | 'error'> = {
  state: 'offline',
  isOnline: false,
  pendingCount: 0,
  error: undefined,
}

/** Observes a client's state, for status displays. */
export function createClientObserver<S extends StreamDefinitions>(
  client: ObservedClient<S>,
): Observer<ClientSnapshot> {
  let first: ClientSnapshot | undefined
  const now = (): ClientSnapshot => clientOf(client).getSnapshot()
  return {
    subscribe: (listener) => followClient(client, listener, () => clientOf(client).subscribe(listener)),
    getSnapshot: now,
    getServerSnapshot: () => {
      first ??= { ...SERVER_STATE, storage: { kind: now().storage.kind, health: 'opening' } }
      return first
    },
  }
}

function clientOf<S extends StreamDefinitions>(observed: ObservedClient<S>): FlowSyncClient<S> {
  return 'setOptions' in observed ? observed.getSnapshot() : observed
}

/** Listens to the present client of a lease, to the next one when there is another, and tells of the change. */
function followClient<S extends StreamDefinitions>(
  observed: ObservedClient<S>,
  listener: () => void,
  listen: () => () => void,
): () => void {
  let stop: () => void = () => undefined
  const follow = (): void => {
    stop()
    stop = listen()
  }
  const stopLease =
    'setOptions' in observed
      ? observed.subscribe(() => {
          follow()
          listener()
        })
      : undefined
  follow()
  let isOn = true
  return () => {
    if (!isOn) return
    isOn = false
    stop()
    stopLease?.()
  }
}
