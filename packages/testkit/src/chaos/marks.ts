/** Where chaos happens. */
export const CHAOS_WORKSPACE = 'chaos'

/** How many authors share a counter: each has 17 bits of it, so that its value tells how often each has counted. */
const AUTHORS_PER_COUNTER = 3
const BITS_PER_AUTHOR = 17

/** Every stream of a run with so many authors. */
export function streamsOf(authors: number): string[] {
  const counters = Array.from(
    { length: Math.ceil(authors / AUTHORS_PER_COUNTER) },
    (_, number) => `counter:${number}`,
  )
  return ['doc:0', 'doc:1', 'set:0', 'log:0', 'log:1', ...counters]
}

/** The counter that an author writes to. */
export function counterOf(author: number): string {
  return `counter:${Math.floor(author / AUTHORS_PER_COUNTER)}`
}

/** By how much an author counts. */
export function weightOf(author: number): number {
  return 2 ** (BITS_PER_AUTHOR * (author % AUTHORS_PER_COUNTER))
}

/** The author of an increment of a counter. Undefined for an amount that nobody counts by. */
export function authorOfWeight(stream: string, weight: number): number | undefined {
  const first = Number(stream.split(':')[1]) * AUTHORS_PER_COUNTER
  const authors = Array.from({ length: AUTHORS_PER_COUNTER }, (_, place) => first + place)
  return authors.find((author) => weightOf(author) === weight)
}

/** What the n-th edit of an author in a stream adds to it; nothing else ever adds the same. */
export function markOf(author: number, n: number): string {
  return `[${author}.${n}]`
}

/** An author's edit, found in a value or in an op. */
export interface Mark {
  readonly author: number
  readonly n: number
}

/** The marks in a text, in its order. */
export function marksIn(text: string): Mark[] {
  return [...text.matchAll(/\[(\d+)\.(\d+)\]/g)].map(([, author, n]) => ({
    author: Number(author),
    n: Number(n),
  }))
}

/** What somebody knows of a stream: for each author the number of its newest edit that is in there. */
export type Known = readonly number[]

/** What a value shows, and what is wrong with it whoever reads it. */
export interface Reading {
  readonly known: Known
  readonly problem?: string
}

/**
 * Reads off a value whose edits are in it. Edits delete only what has something newer of its author beside it, so that the newest ones stay:
 * what is known never shrinks.
 */
export function readKnown(stream: string, value: unknown, authors: number): Reading {
  const known = Array.from({ length: authors }, () => 0)
  if (stream.startsWith('counter:')) return readCounter(stream, value as number, known)
  const texts = typeof value === 'string' ? value : [...(value as Iterable<string>)].join('')
  const marks = marksIn(texts)
  const isLog = stream.startsWith('log:')
  let length = 0
  let problem: string | undefined
  for (const { author, n } of marks) {
    if (isLog && n !== (known[author] ?? 0) + 1)
      problem ??= `${markOf(author, n)} stands after ${markOf(author, known[author] ?? 0)}`
    known[author] = Math.max(known[author] ?? 0, n)
    length += markOf(author, n).length
  }
  if (length !== texts.length) problem ??= 'it holds what nobody wrote, or torn pieces of it'
  return { known, ...(problem !== undefined && { problem }) }
}

function readCounter(stream: string, value: number, known: number[]): Reading {
  const first = Number(stream.split(':')[1]) * AUTHORS_PER_COUNTER
  let rest = value
  for (let place = 0; place < AUTHORS_PER_COUNTER; place++) {
    const count = rest % 2 ** BITS_PER_AUTHOR
    if (first + place < known.length) known[first + place] = count
    rest = (rest - count) / 2 ** BITS_PER_AUTHOR
  }
  const isRight = Number.isSafeInteger(value) && value >= 0 && rest === 0
  return isRight ? { known } : { known, problem: `${value} is no sum of increments` }
}
