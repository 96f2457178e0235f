'use client'
import type {
  Receipt,
  RegisteredStreams,
  RegisterStreamName,
  StreamIntent,
  StreamValue,
} from '@flowsync/core'
import { useMemo } from 'react'
import { useObserver, useStreamObserver } from './use-observer.js'
import type { Name } from './types.js'

/** A name whose stream is a register. */
export type RegisterName = RegisterStreamName<RegisteredStreams>

/** The values that a register of that name takes. */
type ModelInput<N extends RegisterName> =
  StreamIntent<RegisteredStreams, N> extends { readonly value: infer Input } ? Input : unknown

/** The value, and the function that replaces it for everybody. The function is stable. */
export type UseStreamModelResult<N extends RegisterName> = readonly [
  value: StreamValue<RegisteredStreams, N>,
  set: (value: ModelInput<N>) => Receipt,
]

/**
 * The value of a register for a controlled form control: a title, a checkbox, a select. The last writer wins, so text
 * that several people write at once belongs into a text stream and {@link useTextField}.
 *
 * ```tsx
 * const [title, setTitle] = useStreamModel('title:readme')
 * return <input value={title ?? ''} onChange={(event) => setTitle(event.target.value)} />
 * ```
 * @throws FlowSyncError `config/invalid` outside every provider, `op/invalid-intent` when set to what the schema refuses
 */
export function useStreamModel<const N extends RegisterName>(name: N): UseStreamModelResult<N> {
  const observer = useStreamObserver(name as Name)
  const { value } = useObserver(observer)
  const { handle } = observer
  const set = useMemo(() => {
    const push = handle.push as (intent: { op: 'set'; value: unknown }) => Receipt
    return (next: unknown): Receipt => push({ op: 'set', value: next })
  }, [handle])
  return useMemo(() => [value, set] as unknown as UseStreamModelResult<N>, [value, set])
}
