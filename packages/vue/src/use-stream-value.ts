import { createStreamObserver } from '@flowsync/core'
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue'
import { useFlowSyncClient } from './client-key.js'
import { editingAdvice, readOnly } from './read-only.js'
import type { Name, Value } from './types.js'
import { useObserver } from './use-observer.js'

/**
 * A ref of a stream's value, or of what `selector` takes of it. It changes only when that is another one by `isEqual`
 * (`Object.is` unless told), not when the status changes.
 *
 * ```ts
 * const length = useStreamValue('doc:readme', (text) => text.length)
 * ```
 */
export function useStreamValue<const N extends Name>(name: MaybeRefOrGetter<N>): ComputedRef<Value<N>>
export function useStreamValue<const N extends Name, Selected>(
  name: MaybeRefOrGetter<N>,
  selector: (value: Value<N>) => Selected,
  isEqual?: (a: Selected, b: Selected) => boolean,
): ComputedRef<Selected>
export function useStreamValue(
  name: MaybeRefOrGetter<Name>,
  selector: (value: unknown) => unknown = whole,
  isEqual?: (a: unknown, b: unknown) => boolean,
): ComputedRef<unknown> {
  const client = useFlowSyncClient()
  const observer = computed(() =>
    createStreamObserver(client.value, toValue(name)).select(({ value }) => selector(value), isEqual),
  )
  const shown = useObserver(observer)
  return readOnly(
    () => shown.value,
    () => editingAdvice(client.value, toValue(name)),
  )
}

function whole<T>(value: T): T {
  return value
}
