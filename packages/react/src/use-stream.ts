'use client'
import { useMemo } from 'react'
import type { Name, UseStreamResult } from './types.js'
import { useObserver, useStreamObserver } from './use-observer.js'

/**
 * Binds a component to a stream: it shows the value, and renders again when value or status change.
 *
 * The tuple is `[value, push, stream, snapshot]`. `push` and `stream` keep their identity, so effects may depend on
 * them; what shall be rendered comes from `value` and `snapshot`. The stream stays open while some component uses it.
 *
 * ```tsx
 * const [body, push, doc, { status, pendingCount }] = useStream('doc:readme')
 * doc.insert(0, 'hi') // or push({ op: 'insert', pos: 0, text: 'hi' })
 * ```
 * @throws FlowSyncError `config/invalid` outside every provider, `stream/unknown` when no pattern covers the name
 */
export function useStream<const N extends Name>(name: N): UseStreamResult<N> {
  const observer = useStreamObserver(name)
  const snapshot = useObserver(observer)
  const { handle } = observer
  return useMemo(() => [snapshot.value, handle.push, handle, snapshot], [snapshot, handle])
}
