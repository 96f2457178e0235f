import { createError } from './errors.js'
import { MAX_STREAM_NAME_LENGTH, textProblem } from './stream-name.js'

/**
 * A pattern over stream names, such as `doc:*`: `*` stands for exactly one segment, and as the last
 * segment for one or more.
 */
export interface StreamPattern {
  readonly text: string
  readonly segments: readonly string[]
  /** True without any `*`: it matches the one name that it is. */
  readonly isLiteral: boolean
}

const ANY = '*'

/** What is wrong with a pattern, or undefined when it is one. */
function patternProblem(text: string): string | undefined {
  if (text === '') return 'it is empty'
  if (text.length > MAX_STREAM_NAME_LENGTH) return `it is longer than ${MAX_STREAM_NAME_LENGTH} characters`
  if (text.split(':').some((segment) => segment !== ANY && segment.includes(ANY)))
    return '`*` must be a whole segment'
  return textProblem(text)
}

/** @throws FlowSyncError `config/invalid` */
export function parsePattern(text: string): StreamPattern {
  const problem = patternProblem(text)
  if (problem !== undefined)
    throw createError('config/invalid', `Not a stream pattern: ${JSON.stringify(text)}: ${problem}.`)
  return { text, segments: text.split(':'), isLiteral: !text.includes(ANY) }
}

/** True when the pattern covers the name. Compares segment by segment: linear time, whatever the pattern. */
export function matchesPattern({ segments }: StreamPattern, name: string): boolean {
  const parts = name.split(':')
  const last = segments.length - 1
  const isOpen = segments[last] === ANY
  if (isOpen ? parts.length < segments.length : parts.length !== segments.length) return false
  return segments.every((segment, index) => segment === ANY || segment === parts[index])
}

/**
 * Orders patterns that cover the same name, the most specific first: at the first segment where they
 * differ a word beats `*`, and the longer pattern beats the one that ended with `*` before. Two
 * different patterns that cover one name always differ so; there are no ties.
 */
export function compareSpecificity(a: StreamPattern, b: StreamPattern): number {
  const length = Math.max(a.segments.length, b.segments.length)
  for (let index = 0; index < length; index++) {
    const difference = rank(a.segments[index]) - rank(b.segments[index])
    if (difference !== 0) return difference
  }
  return 0
}

function rank(segment: string | undefined): number {
  if (segment === undefined) return 2
  return segment === ANY ? 1 : 0
}
