import { LONE_SURROGATE } from './codec/unicode.js'
import { createError } from './errors.js'

/** The longest stream name, in UTF-16 units. */
export const MAX_STREAM_NAME_LENGTH = 256

// Control characters of ASCII and Latin-1: C0, DEL and C1.
const CONTROL = /\p{Cc}/u

/** What is wrong with a stream name, or undefined when it is one. */
function streamNameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty'
  if (name.length > MAX_STREAM_NAME_LENGTH) return `it is longer than ${MAX_STREAM_NAME_LENGTH} characters`
  if (name.includes('*')) return 'it contains `*`, which only patterns may'
  return textProblem(name)
}

/** What names and patterns have in common. */
export function textProblem(text: string): string | undefined {
  if (CONTROL.test(text)) return 'it contains a control character'
  if (LONE_SURROGATE.test(text)) return 'it contains half a surrogate pair'
  if (text.split(':').includes('')) return 'a segment between colons is empty'
  return undefined
}

/** True for 1 to 256 characters in segments split on `:`, none of them empty, without `*` and control characters. */
export function isStreamName(name: string): boolean {
  return streamNameProblem(name) === undefined
}

/** @throws FlowSyncError `stream/name-invalid` */
export function assertStreamName(name: string): void {
  const problem = streamNameProblem(name)
  if (problem !== undefined) throw createError('stream/name-invalid', `Not a stream name: ${problem}.`)
}
