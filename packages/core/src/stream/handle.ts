import type { AnyMergeRule } from '@flowsync/crdt'
import { DEV } from 'esm-env'
import { internals } from '../internals-key.js'
import type { Receipt } from '../outbox/receipt.js'
import { refuseWholeText } from '../text-field/whole-text.js'
import type { StreamHandle } from './handle-types.js'
import type { Stream } from './stream.js'

/** Where handles find their streams. */
export interface HandleSource {
  /** The `ClientInternals`, for what is built on a handle alone. */
  readonly internals: object
  /** Opens a stream for one more use. */
  open(name: string): Stream
  /** Ends one use. */
  release(stream: Stream): void
  /** The stream as it is, open or not. */
  peek(name: string): Stream
  /** Ends one use that `client.stream()` began. */
  giveUp(name: string): void
}

/**
 * Makes the handle of a stream. It holds no stream, only its name: it is good for as long as the client is, and
 * whatever it is asked to do keeps the stream open for as long as that takes.
 */
export function createHandle(source: HandleSource, name: string, rule: AnyMergeRule): StreamHandle {
  const push = (intent: unknown): Receipt => {
    const stream = source.open(name)
    try {
      if (DEV && rule.name === 'text') refuseWholeText(name, intent, () => stream.fold.value)
      return stream.push(intent)
    } finally {
      source.release(stream)
    }
  }
  const whileOpen = (listen: (stream: Stream) => () => void): (() => void) => {
    const stream = source.open(name)
    const stop = listen(stream)
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      stop()
      source.release(stream)
    }
  }
  const handle = {
    name,
    get value(): unknown {
      return source.peek(name).getSnapshot().value
    },
    getSnapshot: () => source.peek(name).getSnapshot(),
    subscribe: (listener: () => void) => whileOpen((stream) => stream.subscribe(listener)),
    push,
    onDelta: (listener: Parameters<StreamHandle['onDelta']>[0]) =>
      whileOpen((stream) => stream.onDelta(listener)),
    async whenReady(): Promise<void> {
      const stream = source.open(name)
      try {
        await stream.whenReady()
      } finally {
        source.release(stream)
      }
    },
    close: () => source.giveUp(name),
  }
  Object.defineProperty(handle, internals, { value: source.internals })
  for (const [action, createIntent] of Object.entries(rule.actions)) {
    const create = createIntent as (...args: unknown[]) => unknown
    Object.defineProperty(handle, action, {
      value: (...args: unknown[]) => push(create(...args)),
      enumerable: true,
    })
  }
  return Object.freeze(handle) as StreamHandle
}
