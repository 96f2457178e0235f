import { FlowSyncError } from './errors.js'
import type { FlowSyncErrorOptions } from './errors.js'

/** The error of `prepare` for input that a rule does not take. */
export function invalidIntent(
  reason: string,
  options?: FlowSyncErrorOptions,
): FlowSyncError<'op/invalid-intent'> {
  return new FlowSyncError('op/invalid-intent', `The intent was refused: ${reason}.`, options)
}

/**
 * Reads which operation an intent names. Intents also come over HTTP and from a command line, so
 * their types promise nothing.
 * @param remedy how to make an edit of this rule, for those who pushed a value instead
 * @throws FlowSyncError `op/invalid-intent` unless it is one of `names`
 */
export function operationOf<Name extends string>(
  intent: unknown,
  names: readonly Name[],
  remedy: string,
): Name {
  const op = typeof intent === 'object' && intent !== null && 'op' in intent ? (intent.op as Name) : undefined
  if (op !== undefined && names.includes(op)) return op
  throw invalidIntent(`its "op" is none of ${names.join(', ')}. ${remedy}`)
}
