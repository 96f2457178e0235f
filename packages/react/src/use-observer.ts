'use client'
import {
  createStreamObserver,
  type Observer,
  type RegisteredStreams,
  type StreamObserver,
  type StreamRule,
} from '@flowsync/core'
import { useMemo, useSyncExternalStore } from 'react'
import { useFlowSyncClient } from './context.js'
import type { Name } from './types.js'

/** What an observer shows now; the component renders again when that changes. */
export function useObserver<T>(observer: Observer<T>): T {
  return useSyncExternalStore(observer.subscribe, observer.getSnapshot, observer.getServerSnapshot)
}

/** The observer of a stream, the same as long as client and name are. It opens nothing until it is subscribed to. */
export function useStreamObserver<N extends Name>(name: N): StreamObserver<StreamRule<RegisteredStreams, N>> {
  const client = useFlowSyncClient()
  return useMemo(() => createStreamObserver(client, name), [client, name])
}
