import { FlowSyncError } from './errors.js'

const refusal = {
  value: () => {
    throw new FlowSyncError(
      'value/read-only',
      'A value of a stream is read-only. Push an edit instead: stream.add(value) or stream.delete(value).',
    )
  },
}
const REFUSALS = { add: refusal, delete: refusal, clear: refusal }

/**
 * A set that stays as it is: `add`, `delete` and `clear` throw `value/read-only`. In everything else it is a `Set`,
 * for `instanceof`, `structuredClone` (whose copy can be changed) and comparisons too.
 */
// Freezing alone stops no method of a set. Own properties, because a class of its own would differ from other sets.
export function readOnlySet<T>(elements: Iterable<T>): ReadonlySet<T> {
  return Object.freeze(Object.defineProperties(new Set(elements), REFUSALS))
}
