import { FlowSyncError, type FlowSyncClient, type RegisteredStreams } from '@flowsync/core'
import { computed, type ComputedRef } from 'vue'

/** A computed ref whose assignment, as `v-model` makes one, throws and names the right way. Its type has no setter. */
export function readOnly<T>(read: () => T, describe: () => string): ComputedRef<T> {
  return computed({
    get: read,
    set() {
      throw new FlowSyncError('value/read-only', describe())
    },
  })
}

/** How a stream is edited instead of by assignment. */
export function editingAdvice(client: FlowSyncClient<RegisteredStreams>, name: string): string {
  const { name: rule, actions } = client.streams.ruleFor(name)
  const quoted = JSON.stringify(name)
  const shown = `The value of ${quoted} is read-only and cannot be assigned.`
  if (rule === 'text')
    return `${shown} For a text field write <textarea v-flowsync-text="'${name}'">; else push edits.`
  if (rule === 'register') return `${shown} Use useStreamModel(${quoted}) for v-model.`
  return `${shown} Use the methods of its handle: ${Object.keys(actions).join(', ')}.`
}
