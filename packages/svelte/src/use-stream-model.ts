import type { RegisteredStreams, RegisterStreamName, StreamIntent, StreamValue } from '@flowsync/core'
import { getFlowSyncSource, type FlowSyncSource } from './context.js'
import { stream } from './stream.js'
import type { Name } from './types.js'

/** A name whose stream is a register. */
export type RegisterName = RegisterStreamName<RegisteredStreams>

/** The values that a register of that name takes. */
type ModelInput<N extends RegisterName> =
  StreamIntent<RegisteredStreams, N> extends { readonly value: infer Input } ? Input : unknown

/** A register for `bind:value={title.current}`. */
export interface StreamModel<N extends RegisterName> {
  /** The value; reactive. Writing it replaces the value for everybody. */
  get current(): StreamValue<RegisteredStreams, N>
  set current(value: ModelInput<N>)
}

/**
 * The value of a register for `bind:`: a title, a checkbox, a select. The last writer wins, so text that several people
 * write at once belongs into a text stream and {@link textField}. Call it while a component initialises, or give a
 * client. Writes of a component that is mounting, as `bind:` makes them, are ignored.
 *
 * ```svelte
 * <script lang="ts">
 *   const title = useStreamModel('title:readme')
 * </script>
 * <input bind:value={title.current} />
 * ```
 * @throws FlowSyncError `config/invalid` when no client is provided, `op/invalid-intent` when set to what the schema refuses
 */
export function useStreamModel<const N extends RegisterName>(
  name: N,
  source: FlowSyncSource = getFlowSyncSource(),
): StreamModel<N> {
  const store = stream(name as Name, source) as unknown as { current: StreamValue<RegisteredStreams, N> }
  return {
    get current() {
      return store.current
    },
    set current(value: ModelInput<N>) {
      store.current = value
    },
  }
}
