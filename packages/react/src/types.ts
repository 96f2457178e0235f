import type {
  RegisteredStreams,
  StreamHandle,
  StreamIntent,
  StreamName,
  StreamRule,
  StreamSnapshot,
  StreamValue,
  Receipt,
} from '@flowsync/core'

/** A name that one of the registered streams covers; any name when none are registered. */
export type Name = StreamName<RegisteredStreams>

/** What a stream of that name is worth. */
export type Value<N extends Name> = StreamValue<RegisteredStreams, N>

/** What {@link useStream} returns: value, push, live handle, snapshot. */
export type UseStreamResult<N extends Name> = readonly [
  /** The current value; the same reference until it changes. */
  value: Value<N>,
  /** Folds an edit at once, then saves and sends it. Stable. */
  push: (intent: StreamIntent<RegisteredStreams, N>) => Receipt,
  /** The handle with the rule's methods, such as `doc.insert(0, 'hi')`, and `onDelta`. Stable. */
  stream: StreamHandle<StreamRule<RegisteredStreams, N>>,
  /** Value and status of this render: `status`, `isSynced`, `access`, `pendingCount`, `error`. */
  snapshot: StreamSnapshot<Value<N>>,
]
