import type { FlowSyncClient, ClientSnapshot } from './client-types.js'
import type { StreamDefinitions, StreamName, StreamRule } from '@flowsync/protocol'
import type { StreamHandle } from './stream/handle-types.js'
import type { StreamSnapshot } from './stream/snapshot.js'
import type { ValueOf } from '@flowsync/crdt'

/** How an observer looks at a stream. */
export interface StreamObserverOptions<Value, Selected> {
  /** What of the snapshot to watch. Default: all of it. Call a new observer for another selection. */
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
  /** What a server renders and the first client render must repeat: hydrated state, or the empty one. Never changes. */
  readonly getServerSnapshot: () => Selected
}

/** Observes one stream. */
export interface StreamObserver<Rule, Selected = StreamSnapshot<ValueOf<Rule>>> extends Observer<Selected> {
  /** Usable at any time, subscribed or not; an edit pushed through it opens the stream for as long as it takes. */
  readonly handle: StreamHandle<Rule>
  /**
   * Another look at the same stream, through the same `subscribe`. The former selection of this observer is kept as
   * long as the new one equals it, so a selector may be a new function on every rendering.
   */
  select<T>(
    select: (snapshot: StreamSnapshot<ValueOf<Rule>>) => T,
    isEqual?: (a: T, b: T) => boolean,
  ): Observer<T>
}

/**
 * Observes a stream without holding it open while nobody listens: it is opened by the first `subscribe` and closed
 * a moment after the last one ended, so that mounting twice, as React's StrictMode does, costs nothing.
 */
export declare function createStreamObserver<
  S extends StreamDefinitions,
  const Name extends StreamName<S>,
  Selected = StreamSnapshot<ValueOf<StreamRule<S, Name>>>,
>(
  client: FlowSyncClient<S>,
  name: Name,
  options?: StreamObserverOptions<ValueOf<StreamRule<S, Name>>, Selected>,
): StreamObserver<StreamRule<S, Name>, Selected>

/** Observes a client's state, for status displays. */
export declare function createClientObserver(client: FlowSyncClient): Observer<ClientSnapshot>
