'use client'
import type { Name, Value } from './types.js'
import { useObserver, useStreamObserver } from './use-observer.js'

/**
 * The value of a stream, or what `selector` takes of it. The component renders again only when that is another one by
 * `isEqual` (`Object.is` unless told), not when the status changes. Both functions may be written inline.
 *
 * ```tsx
 * const words = useStreamValue('doc:readme', (text) => text.split(' ').length)
 * ```
 */
export function useStreamValue<const N extends Name>(name: N): Value<N>
export function useStreamValue<const N extends Name, Selected>(
  name: N,
  selector: (value: Value<N>) => Selected,
  isEqual?: (a: Selected, b: Selected) => boolean,
): Selected
export function useStreamValue(
  name: Name,
  selector: (value: unknown) => unknown = whole,
  isEqual?: (a: unknown, b: unknown) => boolean,
): unknown {
  const observer = useStreamObserver(name)
  return useObserver(observer.select(({ value }) => selector(value), isEqual))
}

function whole<T>(value: T): T {
  return value
}
