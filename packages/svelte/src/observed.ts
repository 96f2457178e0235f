import type { Observer } from '@flowsync/core'
import { createSubscriber } from 'svelte/reactivity'

/** Makes a getter of what an observer shows: followed while effects or templates read it, never on a server. */
export function observed<T>(observer: Observer<T>): () => T {
  const track = createSubscriber((update) => observer.subscribe(update))
  return () => {
    track()
    return observer.getSnapshot()
  }
}
