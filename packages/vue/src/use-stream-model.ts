import {
  createStreamObserver,
  type RegisteredStreams,
  type RegisterStreamName,
  type StreamIntent,
  type StreamSnapshot,
  type StreamValue,
} from '@flowsync/core'
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter, type WritableComputedRef } from 'vue'
import { useFlowSyncClient } from './client-key.js'
import type { Name } from './types.js'
import { useObserver } from './use-observer.js'

/** A name whose stream is a register. */
export type RegisterName = RegisterStreamName<RegisteredStreams>

/** The values that a register of that name takes. */
export type ModelInput<N extends RegisterName> =
  StreamIntent<RegisteredStreams, N> extends { readonly value: infer Input } ? Input : unknown

/**
 * The value of a register as a ref to be written, for `v-model`: a title, a checkbox, a select. Writing it replaces the
 * value for everybody; the last writer wins, so text that several people write at once belongs into a text stream and
 * `v-flowsync-text`. The name may be a ref or a getter.
 *
 * ```vue
 * <script setup lang="ts">
 * const title = useStreamModel('title:readme')
 * </script>
 * <template><input v-model="title" /></template>
 * ```
 * @throws FlowSyncError `config/invalid` without the plugin, `op/invalid-intent` when set to what the schema refuses
 */
export function useStreamModel<const N extends RegisterName>(
  name: MaybeRefOrGetter<N>,
): WritableComputedRef<StreamValue<RegisteredStreams, N>, ModelInput<N>> {
  const client = useFlowSyncClient()
  const observer = computed(() => createStreamObserver(client.value, toValue(name) as Name))
  const snapshot: ComputedRef<StreamSnapshot<StreamValue<RegisteredStreams, N>>> = useObserver(observer)
  return computed({
    get: () => snapshot.value.value,
    set(value: ModelInput<N>) {
      const push = observer.value.handle.push
      push({ op: 'set', value })
    },
  })
}
