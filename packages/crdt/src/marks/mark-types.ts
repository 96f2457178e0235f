import type { Json } from '../json.js'

/**
 * Which text that is typed at an end of a mark gets it: `after` what is typed just behind, `before` what
 * is typed just before, `both`, or `none`.
 */
export type MarkExpand = 'none' | 'before' | 'after' | 'both'

/** How marks of one name behave. */
export interface MarkType {
  readonly expand: MarkExpand
  /** True: marks with different values may lie over the same text, as comments do. Default false: the last one written is shown. */
  readonly multi?: boolean
}

/** How marks behave, by name. */
export type MarkTypes = Readonly<Record<string, MarkType>>

/** The marks that a rich text has when its options name none. */
export const DEFAULT_MARK_TYPES = {
  bold: { expand: 'after' },
  italic: { expand: 'after' },
  underline: { expand: 'after' },
  strike: { expand: 'after' },
  code: { expand: 'none' },
  link: { expand: 'none' },
  comment: { expand: 'none', multi: true },
} as const satisfies MarkTypes

/** What a span's `marks` hold. */
export type MarksOf<Types extends MarkTypes> = {
  readonly [Name in keyof Types]?: Types[Name] extends { readonly multi: true } ? readonly Json[] : Json
}
