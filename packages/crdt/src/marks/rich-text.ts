import { FlowSyncError } from '../errors.js'
import type { Json } from '../json.js'
import type { AppliedOp, MergeRule } from '../rule.js'
import { rebaseTextDelta } from '../text-rebase.js'
import { patchOf, text } from '../text.js'
import type { TextIntent } from '../text.js'
import { NO_MARKS, isMarkName } from './mark.js'
import { DEFAULT_MARK_TYPES } from './mark-types.js'
import type { MarkType, MarkTypes, MarksOf } from './mark-types.js'
import { markRequestOf } from './mark-intent.js'
import type { MarkIntent } from './mark-intent.js'
import {
  decodeRichTextBody,
  decodeRichTextState,
  encodeRichTextBody,
  encodeRichTextState,
} from './rich-text-codec.js'
import type { RichTextBody } from './rich-text-codec.js'
import type { RichTextDelta } from './rich-text-delta.js'
import { RichTextState } from './rich-text-state.js'
import { EMPTY_RICH_TEXT, richTextOf, shownRuns } from './rich-text-value.js'
import type { RichText } from './rich-text-value.js'

/** An edit of a rich text: that of a plain text, or of its marks. */
export type RichTextIntent<Name extends string = string> = TextIntent | MarkIntent<Name>

/** The methods of a rich text's handle. */
export type RichTextActions<Name extends string = string> = {
  /** Inserts text at a position; it has the marks that its neighbours hand on. */
  readonly insert: (pos: number, text: string) => TextIntent
  /** Deletes as many UTF-16 units as `length` says. */
  readonly delete: (pos: number, length: number) => TextIntent
  /**
   * Puts text in the place of other text; it has the marks of that. What both texts begin and end with stays as it
   * is, marks included.
   */
  readonly replace: (pos: number, length: number, text: string) => TextIntent
  /** Gives a mark to a stretch of text, with a value other than null; `true` when it is absent. */
  readonly mark: (pos: number, length: number, name: Name, value?: Json) => MarkIntent<Name>
  /** Takes a mark from a stretch of text. Of a mark that is kept beside others, `value` says which. */
  readonly unmark: (pos: number, length: number, name: Name, value?: Json) => MarkIntent<Name>
}

/** The rule that {@link richText} makes. */
export type RichTextRule<Types extends MarkTypes = MarkTypes> = MergeRule<
  RichText<MarksOf<Types>>,
  RichTextIntent<keyof Types & string>,
  RichTextBody,
  RichTextFold,
  RichTextDelta,
  RichTextActions<keyof Types & string>
>

/** What {@link richText} may be told. */
export interface RichTextOptions<Types extends MarkTypes> {
  /** The marks that this client may make. Default: bold, italic, underline, strike, code, link and comment. */
  readonly marks?: Types
}

const REMEDY = 'A text takes edits: call stream.replace(position, length, text) or another of its methods'

/** A state with the value last handed out. */
interface RichTextFold {
  readonly state: RichTextState
  value: RichText
  isStale: boolean
}

/**
 * A text with marks, such as bold, links and comments, that many edit at once. Text merges as in
 * {@link text}; of marks, the last writer wins for each name on each character, where who saw a mark
 * and wrote another replaces it whatever the clocks say (after Litt, Lim, Kleppmann and van Hardenberg,
 * "Peritext: A CRDT for Collaborative Rich Text Editing", 2022).
 *
 * Every op says itself how its mark behaves, so that a hub or a client with other options folds it alike.
 *
 * @throws FlowSyncError `config/invalid` for a name or an `expand` that no mark can have
 */
export function richText<const Types extends MarkTypes = typeof DEFAULT_MARK_TYPES>(
  options: RichTextOptions<Types> = {},
): RichTextRule<Types> {
  // What spans hold is what the authors' types say; a hub that checks nothing else lets any mark pass.
  return createRichText(checked(options.marks ?? DEFAULT_MARK_TYPES)) as unknown as RichTextRule<Types>
}

function createRichText(types: ReadonlyMap<string, MarkType>): RichTextRule {
  const plain = text()
  return {
    name: 'rich-text',
    version: 1,
    actions: {
      ...plain.actions,
      mark: (pos, length, name, value) => ({ op: 'mark', pos, length, name, value }),
      unmark: (pos, length, name, value) => ({ op: 'unmark', pos, length, name, value }),
    },

    create: () => foldOf(new RichTextState('', [], 0)),

    prepare({ state }, intent, context) {
      const mark = markRequestOf(intent, types, context.nowMs)
      if (mark) {
        const fitting = state.fitMark(mark)
        return fitting && { kind: 'mark', mark: fitting }
      }
      const patch = state.fitText(patchOf(intent as TextIntent, REMEDY))
      return patch && { kind: 'text', patch }
    },
    countOf: (body) => (body.kind === 'text' ? plain.countOf(body.patch) : 1),

    apply(fold, op) {
      fold.isStale = true
      const { state } = fold
      return op.body.kind === 'text' ? applyText(state, op, op.body) : applyMark(state, op, op.body)
    },
    settle: ({ state }, op) => state.settle(op, op.seq),

    value(fold) {
      if (fold.isStale) fold.value = richTextOf(fold.state.text.value, fold.state.marks.slice(), fold.value)
      fold.isStale = false
      return fold.value
    },

    encodeBody: encodeRichTextBody,
    decodeBody: decodeRichTextBody,
    encodeState: ({ state }) => encodeRichTextState(state.text.value, state.marks),
    decodeState: (bytes, seq) => {
      const { text, runs } = decodeRichTextState(bytes)
      return foldOf(new RichTextState(text, runs, seq))
    },
    floor: ({ state }) => state.text.floor,
    rebase: (body, before, after) => rebase(body, before.text, after.text),
  }
}

function checked(marks: MarkTypes): ReadonlyMap<string, MarkType> {
  const types = new Map(Object.entries(marks).map(([name, type]) => [name, { ...type }] as const))
  for (const [name, { expand }] of types) {
    if (isMarkName(name) && ['none', 'before', 'after', 'both'].includes(expand)) continue
    throw new FlowSyncError(
      'config/invalid',
      `There is no mark ${JSON.stringify(name)} that expands ${String(expand)}.`,
    )
  }
  return types
}

function foldOf(state: RichTextState): RichTextFold {
  return { state, value: EMPTY_RICH_TEXT, isStale: true }
}

function applyText(
  state: RichTextState,
  op: AppliedOp<RichTextBody>,
  { patch }: Extract<RichTextBody, { kind: 'text' }>,
): readonly RichTextDelta[] {
  return state.applyText(op, patch).map((delta) => {
    const { position, insert } = delta
    const marks = state.marks.at(position) ?? NO_MARKS
    return { ...delta, runs: insert === '' ? [] : shownRuns([{ length: insert.length, value: marks }]) }
  })
}

function applyMark(
  state: RichTextState,
  op: AppliedOp<RichTextBody>,
  { mark }: Extract<RichTextBody, { kind: 'mark' }>,
): readonly RichTextDelta[] {
  return state.applyMark(op, mark).map(({ position, length, marks }) => ({
    position,
    deleteCount: 0,
    insert: '',
    runs: shownRuns([{ length, value: marks }]),
  }))
}

/** A range is carried over as the deletion of it would be. */
function rebase(body: RichTextBody, before: string, after: string): RichTextBody | undefined {
  if (body.kind === 'text') {
    const patch = rebaseTextDelta(body.patch, before, after)
    return patch && { kind: 'text', patch }
  }
  const { position, length } = body.mark
  const range = rebaseTextDelta({ position, deleteCount: length, insert: '' }, before, after)
  return (
    range && { kind: 'mark', mark: { ...body.mark, position: range.position, length: range.deleteCount } }
  )
}
