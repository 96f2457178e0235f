'use client'
import type { StreamSnapshot } from '@flowsync/core'
import type { Name, Value } from './types.js'
import { useObserver, useStreamObserver } from './use-observer.js'

/** Value and status of a stream, for components that do not write: the first and last part of what `useStream` returns. */
export function useStreamSnapshot<const N extends Name>(name: N): StreamSnapshot<Value<N>> {
  return useObserver(useStreamObserver(name))
}
