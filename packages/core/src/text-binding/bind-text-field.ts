import { mapPosition, type TextDelta } from '@flowsync/crdt'
import { carryEdit } from './carry-edit.js'
import { findEdit } from './text-edit.js'

/** What a text field is bound to: a handle of a `text` stream. */
export interface BindableText {
  readonly value: string
  replace(position: number, length: number, text: string): unknown
  /** Calls the listener after every change with what changed, in order. */
  onDelta(listener: (deltas: readonly TextDelta[]) => void): () => void
}

/** The part of `<textarea>` and `<input>` that a binding uses. */
export type TextField = Pick<
  HTMLTextAreaElement,
  | 'value'
  | 'defaultValue'
  | 'selectionStart'
  | 'selectionEnd'
  | 'selectionDirection'
  | 'scrollTop'
  | 'setSelectionRange'
  | 'addEventListener'
  | 'removeEventListener'
>

export interface TextFieldOptions {
  /** Told when an edit was refused as it was made; the field then shows the stream's text again. */
  onError?: (error: unknown) => void
}

/**
 * Binds a `<textarea>` or `<input>` to a text stream, both ways, until the returned function is called.
 *
 * Carets and selections stay with the letters around them while others type. During the composition
 * of an input method (IME) the field is left alone, because touching it would break the composition;
 * what others wrote meanwhile is shown when it ends. Text that was typed into server-rendered markup
 * before this call is kept as an edit.
 *
 * @example
 * const unbind = bindTextField(textarea, client.stream('doc:readme'))
 */
export function bindTextField(
  field: TextField,
  text: BindableText,
  options: TextFieldOptions = {},
): () => void {
  /** What the field showed when it last agreed with the stream. */
  let shown = field.defaultValue
  /** What others changed since then; only during a composition is it more than nothing. */
  let held: TextDelta[] = []
  let isComposing = false
  let isPushing = false

  /** Sends what the user changed, then shows what the others did. */
  function settle(): void {
    const carried = carryEdit(findEdit(shown, field.value, field.selectionEnd), held)
    isPushing = true
    try {
      for (const edit of carried.edits) text.replace(edit.position, edit.deleteCount, edit.insert)
    } catch (error) {
      options.onError?.(error)
    } finally {
      isPushing = false
    }
    show(carried.mapCaret, carried.mapCaret)
  }

  function show(mapStart: (position: number) => number, mapEnd: (position: number) => number): void {
    const next = text.value
    if (field.value !== next) {
      const { selectionStart, selectionEnd, selectionDirection, scrollTop } = field
      const start = mapStart(selectionStart)
      field.value = next
      field.setSelectionRange(start, Math.max(start, mapEnd(selectionEnd)), selectionDirection)
      field.scrollTop = scrollTop
    }
    shown = next
    held = []
  }

  function onDelta(deltas: readonly TextDelta[]): void {
    if (isPushing) return
    if (isComposing) {
      held.push(...deltas)
      return
    }
    // A caret stays before what others insert at it; a selection does not grow at either end.
    const startAffinity = field.selectionStart === field.selectionEnd ? 'before' : 'after'
    show(
      (position) => mapPosition(position, deltas, startAffinity),
      (position) => mapPosition(position, deltas, 'before'),
    )
  }

  function onInput(event: Event): void {
    if (!isComposing && !('isComposing' in event && event.isComposing)) settle()
  }
  function onCompositionStart(): void {
    isComposing = true
  }
  function onCompositionEnd(): void {
    isComposing = false
    settle()
  }

  field.addEventListener('input', onInput)
  field.addEventListener('compositionstart', onCompositionStart)
  field.addEventListener('compositionend', onCompositionEnd)
  const stop = text.onDelta(onDelta)

  // The markup may be older than the stream: its distance is what others changed in between.
  const sinceMarkup = findEdit(shown, text.value, text.value.length)
  if (sinceMarkup) held.push(sinceMarkup)
  settle()

  return () => {
    stop()
    field.removeEventListener('input', onInput)
    field.removeEventListener('compositionstart', onCompositionStart)
    field.removeEventListener('compositionend', onCompositionEnd)
  }
}
