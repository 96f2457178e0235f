import { invalidIntent } from '../intent.js'
import { toJson } from '../json.js'
import type { Json } from '../json.js'
import { markChange } from './mark.js'
import type { MarkType } from './mark-types.js'
import { MAX_MS } from './rich-text-codec.js'
import type { MarkRequest } from './tracked-mark.js'

/**
 * A change of the marks of a stretch of text, in UTF-16 units. A range that reaches beyond the text is cut
 * to it, and one that begins or ends within a surrogate pair takes in all of the pair.
 */
export type MarkIntent<Name extends string = string> = {
  readonly op: 'mark' | 'unmark'
  readonly pos: number
  readonly length: number
  readonly name: Name
  /** Not null. To mark: `true` when absent. To unmark: which one, for a mark that is kept beside others. */
  readonly value?: Json
}

/** What intents may hold when they come from where no compiler looks. */
interface IntentFields {
  readonly op?: unknown
  readonly pos?: unknown
  readonly length?: unknown
  readonly name?: unknown
  readonly value?: unknown
}

/**
 * Reads an intent about marks; undefined when it is about something else.
 * @throws FlowSyncError `op/invalid-intent`
 */
export function markRequestOf(
  intent: unknown,
  types: ReadonlyMap<string, MarkType>,
  nowMs: number,
): MarkRequest | undefined {
  if (typeof intent !== 'object' || intent === null) return undefined
  const { op, pos, length, name, value }: IntentFields = intent
  if (op !== 'mark' && op !== 'unmark') return undefined
  const type = typeof name === 'string' ? types.get(name) : undefined
  if (typeof name !== 'string' || !type)
    throw invalidIntent(`its "name" is none of ${[...types.keys()].join(', ')}`)
  if (value === null) throw invalidIntent('the "value" of a mark is not null; "unmark" takes it away')
  const multi = type.multi ?? false
  const isRemoval = op === 'unmark'
  if (multi && isRemoval && value === undefined)
    throw invalidIntent(`of "${name}" there may be several; "value" says which one goes`)
  return {
    position: unitsOf(pos, 'pos'),
    length: unitsOf(length, 'length'),
    ms: Number.isFinite(nowMs) ? Math.min(Math.max(0, Math.floor(nowMs)), MAX_MS) : 0,
    change: markChange({
      name,
      multi,
      expandsBefore: type.expand === 'before' || type.expand === 'both',
      expandsAfter: type.expand === 'after' || type.expand === 'both',
      json: isRemoval && !multi ? undefined : toJson(value ?? true),
      isRemoval,
    }),
  }
}

function unitsOf(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw invalidIntent(`"${name}" is a whole number from 0, counted in UTF-16 units`)
}
