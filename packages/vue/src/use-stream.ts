import {
  createStreamObserver,
  type FlowSyncError,
  type Receipt,
  type RegisteredStreams,
  type StreamAccess,
  type StreamHandle,
  type StreamIntent,
  type StreamRule,
  type StreamSnapshot,
  type StreamStatus,
} from '@flowsync/core'
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue'
import { useFlowSyncClient } from './client-key.js'
import { editingAdvice, readOnly } from './read-only.js'
import type { Name, Value } from './types.js'
import { useObserver } from './use-observer.js'

/** What {@link useStream} returns: refs, and `push`. */
export interface UseStreamResult<N extends Name> {
  /** The current value; the same reference until it changes. Assigning to it, as `v-model` does, throws `value/read-only`. */
  readonly value: ComputedRef<Value<N>>
  /** Folds an edit at once, then saves and sends it. Stable; follows the name. */
  readonly push: (intent: StreamIntent<RegisteredStreams, N>) => Receipt
  /** The handle with the rule's methods, such as `stream.value.insert(0, 'hi')`, and `onDelta`. Follows name and client. */
  readonly stream: ComputedRef<StreamHandle<StreamRule<RegisteredStreams, N>>>
  readonly status: ComputedRef<StreamStatus>
  /** False while the value holds nothing the hub ever said. */
  readonly isSynced: ComputedRef<boolean>
  readonly access: ComputedRef<StreamAccess>
  /** Own edits that the hub has not acknowledged. */
  readonly pendingCount: ComputedRef<number>
  /** Why the stream failed, or why the last edit was taken back. */
  readonly error: ComputedRef<FlowSyncError | undefined>
}

/**
 * Binds a component to a stream, which stays open while some component uses it. The name may be a ref or a getter.
 *
 * ```ts
 * const { value, push, stream } = useStream('doc:readme')
 * stream.value.insert(0, 'hi') // or push({ op: 'insert', pos: 0, text: 'hi' })
 * ```
 * @throws FlowSyncError `config/invalid` without the plugin, `stream/unknown` when no pattern covers the name
 */
export function useStream<const N extends Name>(name: MaybeRefOrGetter<N>): UseStreamResult<N> {
  const client = useFlowSyncClient()
  const observer = computed(() => createStreamObserver(client.value, toValue(name)))
  const snapshot: ComputedRef<StreamSnapshot<Value<N>>> = useObserver(observer)
  return {
    value: readOnly(
      () => snapshot.value.value,
      () => editingAdvice(client.value, toValue(name)),
    ),
    push: (intent) => observer.value.handle.push(intent),
    stream: computed(() => observer.value.handle),
    status: computed(() => snapshot.value.status),
    isSynced: computed(() => snapshot.value.isSynced),
    access: computed(() => snapshot.value.access),
    pendingCount: computed(() => snapshot.value.pendingCount),
    error: computed(() => snapshot.value.error),
  }
}
