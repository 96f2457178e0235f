import { invalidIntent, operationOf } from './intent.js'
import type { MergeRule } from './rule.js'
import { TextSequence } from './sequence/text-sequence.js'
import { decodeTextBody, decodeTextState, encodeTextBody, encodeTextState } from './text-codec.js'
import type { TextDelta } from './text-delta.js'
import { rebaseTextDelta } from './text-rebase.js'

/**
 * An edit of a text, in UTF-16 units as JavaScript counts them. A range that reaches beyond the text is
 * cut to it, and one that begins or ends within a surrogate pair takes in all of the pair.
 */
export type TextIntent =
  | { readonly op: 'insert'; readonly pos: number; readonly text: string }
  | { readonly op: 'delete'; readonly pos: number; readonly length: number }
  | { readonly op: 'replace'; readonly pos: number; readonly length: number; readonly text: string }

/** The methods of a text's handle. */
export type TextActions = {
  /** Inserts text at a position. */
  readonly insert: (pos: number, text: string) => TextIntent
  /** Deletes as many UTF-16 units as `length` says. */
  readonly delete: (pos: number, length: number) => TextIntent
  /**
   * Deletes as `delete` does and inserts text in the same place, in one op. What both texts begin and end with
   * stays as it is: a whole text that is replaced by an edited one is the small edit that was made to it.
   */
  readonly replace: (pos: number, length: number, text: string) => TextIntent
}

/** The rule that {@link text} makes. */
export type TextRule = MergeRule<string, TextIntent, TextDelta, TextState, TextDelta, TextActions>

/** A text with what is known of the ops that made it. */
export type TextState = TextSequence

/** What intents may hold when they come from where no compiler looks. */
interface IntentFields {
  readonly pos?: unknown
  readonly length?: unknown
  readonly text?: unknown
}

const REMEDY =
  'A text takes edits, not a whole text. Bind a field with <SharedTextarea>, useTextField, v-flowsync-text or ' +
  '{@attach textField(doc)}, or call stream.replace(position, length, text)'
const LONE_SURROGATE = /\p{Surrogate}/u

/**
 * A text that many edit at once. What several insert at one place stays together, each author's part as
 * it was typed, forwards or backwards (FugueMax order on an event graph, see `sequence/`). Texts are
 * always well-formed: no op, however made, leaves half a surrogate pair.
 *
 * One op is one change: at a position, some units go and some text takes their place. A state made from
 * an encoded one merges ops made on its seq or later; for older ones `floor` asks for history.
 */
export function text(): TextRule {
  return {
    name: 'text',
    version: 1,
    actions: {
      insert: (pos, text) => ({ op: 'insert', pos, text }),
      delete: (pos, length) => ({ op: 'delete', pos, length }),
      replace: (pos, length, text) => ({ op: 'replace', pos, length, text }),
    },
    create: () => new TextSequence('', 0),
    prepare: (state, intent) => {
      const patch = state.trim(state.fit(patchOf(intent, REMEDY)))
      return patch.deleteCount === 0 && patch.insert === '' ? undefined : patch
    },
    countOf: ({ deleteCount, insert }) => deleteCount + insert.length,
    apply: (state, op) => state.apply(op, op.body),
    settle: (state, op) => state.settle(op, op.seq),
    value: (state) => state.value,
    encodeBody: encodeTextBody,
    decodeBody: decodeTextBody,
    encodeState: (state) => encodeTextState(state.value),
    decodeState: (bytes, seq) => new TextSequence(decodeTextState(bytes), seq),
    floor: (state) => state.floor,
    rebase: rebaseTextDelta,
  }
}

/**
 * What an intent asks for.
 * @param remedy for the message of the error
 * @throws FlowSyncError `op/invalid-intent`
 */
export function patchOf(intent: TextIntent, remedy: string): TextDelta {
  const op = operationOf(intent, ['insert', 'delete', 'replace'], remedy)
  const { pos, length, text }: IntentFields = intent
  return {
    position: countOf(pos, 'pos'),
    deleteCount: op === 'insert' ? 0 : countOf(length, 'length'),
    insert: op === 'delete' ? '' : wellFormed(text),
  }
}

function countOf(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw invalidIntent(`"${name}" is a whole number from 0, counted in UTF-16 units`)
}

function wellFormed(value: unknown): string {
  if (typeof value !== 'string') throw invalidIntent('"text" is a string')
  if (LONE_SURROGATE.test(value))
    throw invalidIntent('"text" holds half a surrogate pair; insert whole characters')
  return value
}
