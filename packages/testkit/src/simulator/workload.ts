import { isDeepStrictEqual } from 'node:util'
import type { Random } from './random.js'
import type { SimulatedStream } from './scenario.js'

/** What a handle's `push` takes, whatever its rule. */
interface AnyIntent {
  readonly op: string
  readonly [field: string]: unknown
}

/** An edit that somebody makes, and what must be true at once. */
export interface Edit {
  /** For the handle's `push`. */
  readonly intent: AnyIntent
  /**
   * Found again in the op's body, and in no other op's: the edit's name wherever it goes. Undefined for edits that
   * add nothing.
   */
  readonly marker: string | undefined
  /** What a counter changes by, which no other edit of the run changes it by; 0 elsewhere. */
  readonly amount: number
  /** What is wrong with the value right after the edit, or undefined: one reads what one wrote. */
  check(after: unknown): string | undefined
}

/**
 * Draws an edit for a stream's current value.
 *
 * @param ordinal used once in a run: what the edit adds is made of it
 * @param padding how much longer texts are made
 */
export function drawEdit(
  stream: SimulatedStream,
  random: Random,
  value: unknown,
  ordinal: number,
  padding = 0,
): Edit {
  const marker = `<${ordinal}>`
  const text = marker + 'x'.repeat(padding)
  const [kind] = stream.split(':')
  switch (kind) {
    case 'doc':
      return drawTextEdit(random, value as string, marker, text)
    case 'counter':
      return drawCounterEdit(random, value as number, ordinal)
    case 'tags':
    case 'once':
      return drawSetEdit(random, value as ReadonlySet<string>, marker)
    case 'title':
      return edit({ op: 'set', value: text }, marker, (after) => after === text)
    case 'siblings':
      return edit({ op: 'set', value: marker }, marker, (after) => isDeepStrictEqual(after, [marker]))
    default:
      return edit(
        { op: 'append', value: text },
        marker,
        (after) => (after as readonly string[]).at(-1) === text,
      )
  }
}

function edit(intent: AnyIntent, marker: string | undefined, isRight: (after: unknown) => boolean): Edit {
  return {
    intent,
    marker,
    amount: 0,
    check: (after) => (isRight(after) ? undefined : `${show(intent)} gave ${show(after)}`),
  }
}

function drawTextEdit(random: Random, text: string, marker: string, added: string): Edit {
  const pos = snap(text, random.int(text.length + 1))
  const end = snap(text, Math.min(text.length, pos + random.between(1, 9)))
  const kind = random.int(10)
  if (kind < 2 && end > pos) {
    return splice({ op: 'delete', pos, length: end - pos }, text, undefined)
  }
  if (kind < 4) {
    const [from, to] = unlike(added, text, pos, end)
    if (to > from) return splice({ op: 'replace', pos: from, length: to - from, text: added }, text, marker)
  }
  // Some at the end, as one types, so that runs of inserts meet deletes and other people's runs.
  const at = kind < 7 ? text.length : pos
  const decoration = random.chance(0.2) ? random.pick(['🎈', 'é', '\n', '👩‍💻']) : ''
  return splice({ op: 'insert', pos: at, text: added + decoration }, text, marker)
}

/** The part of a range that neither begins nor ends as a text does: an op that replaces it holds all of the text. */
function unlike(added: string, text: string, start: number, end: number): [from: number, to: number] {
  let [from, to] = [start, end]
  while (to > from && text[from] === added[0]) from++
  while (to > from && text[to - 1] === added.at(-1)) to--
  return [from, to]
}

interface TextIntent extends AnyIntent {
  readonly pos: number
  readonly length?: number
  readonly text?: string
}

function splice(intent: TextIntent, before: string, marker: string | undefined): Edit {
  const { pos, length = 0, text = '' } = intent
  return edit(intent, marker, (after) => after === before.slice(0, pos) + text + before.slice(pos + length))
}

/** The place itself, or the one before it when it would split a surrogate pair. */
function snap(text: string, place: number): number {
  const unit = text.charCodeAt(place)
  return unit >= 0xdc00 && unit <= 0xdfff && place > 0 ? place - 1 : place
}

function drawCounterEdit(random: Random, before: number, size: number): Edit {
  const amount = random.chance(0.6) ? size : -size
  const intent = { op: amount > 0 ? 'increment' : 'decrement', amount: size }
  const expected = before + amount
  return { ...edit(intent, undefined, (after) => after === expected), amount }
}

function drawSetEdit(random: Random, before: ReadonlySet<string>, marker: string): Edit {
  if (before.size > 0 && random.chance(0.3)) {
    const value = random.pick([...before])
    return edit({ op: 'delete', value }, undefined, (after) => !(after as ReadonlySet<string>).has(value))
  }
  return edit({ op: 'add', value: marker }, marker, (after) => (after as ReadonlySet<string>).has(marker))
}

/** A value for people to read, cut when it is long. */
export function show(value: unknown): string {
  const plain = value instanceof Set ? { set: [...(value as ReadonlySet<unknown>)] } : value
  const text = JSON.stringify(plain) ?? String(plain)
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
