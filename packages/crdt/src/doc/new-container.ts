const KIND: unique symbol = Symbol.for('flowsync.doc.new')

/** A text to be made within a value: what {@link newText} returns. */
export interface NewText {
  readonly [KIND]: 'text'
  readonly text: string
}

/** A counter to be made within a value: what {@link newCounter} returns. */
export interface NewCounter {
  readonly [KIND]: 'counter'
  readonly amount: number
}

/**
 * Stands, within a value that is set or inserted, for a text that many can edit at once. A plain
 * string is replaced as a whole instead.
 *
 * ```ts
 * doc.insert(['todos'], 0, { title: newText('Buy milk'), done: false })
 * ```
 */
export function newText(text = ''): NewText {
  return Object.freeze({ [KIND]: 'text', text } as const)
}

/** Stands, within a value that is set or inserted, for a counter to which many can add at once. */
export function newCounter(amount = 0): NewCounter {
  return Object.freeze({ [KIND]: 'counter', amount } as const)
}

/** Whether an object was made by {@link newText}. JSON has no symbols, so nothing else is taken for one. */
export function isNewText(value: object): value is NewText {
  return KIND in value && value[KIND] === 'text'
}

/** Whether an object was made by {@link newCounter}. */
export function isNewCounter(value: object): value is NewCounter {
  return KIND in value && value[KIND] === 'counter'
}
