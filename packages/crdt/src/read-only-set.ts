import { FlowSyncError } from './errors.js'

const refusal = (method: string, remedy: string): PropertyDescriptor => ({
  value: () => {
    throw new FlowSyncError(
      'value/read-only',
      `${method}() was called on a value that shows a stream, which is read-only. ${remedy}`,
    )
  },
})

const REFUSALS = {
  add: refusal('add', 'Push an edit instead: stream.add(value).'),
  delete: refusal('delete', 'Push an edit instead: stream.delete(value).'),
  clear: refusal('clear', 'Push an edit for each element instead: stream.delete(value).'),
}

/**
 * A set that stays as it is: `add`, `delete` and `clear` throw `value/read-only`. In everything else it is a `Set`,
 * for `instanceof`, `structuredClone` (whose copy can be changed) and comparisons too.
 */
// Freezing alone stops no method of a set. Own properties, because a class of its own would differ from other sets.
export function readOnlySet<T>(elements: Iterable<T>): ReadonlySet<T> {
  return Object.freeze(Object.defineProperties(new Set(elements), REFUSALS))
}
