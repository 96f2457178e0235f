import type { TextDelta } from '@flowsync/crdt'
import type { System } from '@flowsync/protocol'
import type { DeltaOrigin } from '../stream/handle-types.js'

/** The text that a field is bound to: a handle of a `text` stream. */
export interface BindableText {
  /** The stream's name. A caret keeps its place when a field goes on to a text of the same name. */
  readonly name?: string
  readonly value: string
  replace(position: number, length: number, text: string): unknown
  /** Calls the listener after every change with what changed, in order. */
  onDelta(listener: (deltas: readonly TextDelta[], origin?: DeltaOrigin) => void): () => void
}

/** A field that can be bound: a `<textarea>`, or an `<input>` of type text, search, tel or password. */
export type TextFieldElement = HTMLTextAreaElement | HTMLInputElement

/** The undo of a bound field, for its keys and the browser's menu, such as the `Undo` of `createUndo`. */
export interface TextFieldUndo {
  undo(): unknown
  redo(): unknown
  /** Called when the field loses the focus: the next edit is undone on its own. */
  stop?(): void
}

export interface TextFieldOptions {
  /**
   * Undo and redo of the bound text. Without it the keys and the menu do nothing in the field: the browser's own undo
   * knows nothing of what others wrote, and would write old text.
   */
  readonly undo?: TextFieldUndo
  /** Told of the error when an edit throws; the field then shows the stream's text again. Default: an uncaught error. */
  readonly onError?: (error: unknown) => void
  /** Timers. Default: the browser's. */
  readonly system?: System
}

/** A field that shows a text stream and edits it. */
export interface TextFieldBinding {
  /** Goes on with another text. What was typed up to now belongs to the former one; nothing is written to the next. */
  follow(text: BindableText, undo?: TextFieldUndo): void
  /** Ends the binding. A composition that is under way is kept as typed. Idempotent. */
  unbind(): void
}
