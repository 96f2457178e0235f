import type { TextDelta } from '@flowsync/crdt'
import type { BindableText, TextFieldElement } from '../text-field/field-types.js'

/** A stream's text that a test changes as others would, with a ledger of what the field pushed. */
export function createSharedText(initial: string, name?: string) {
  type Listener = Parameters<BindableText['onDelta']>[0]
  const listeners = new Set<Listener>()
  const pushed: TextDelta[] = []
  let value = initial
  const change = (delta: TextDelta, origin: 'local' | 'history' | 'remote' = 'remote'): void => {
    value = value.slice(0, delta.position) + delta.insert + value.slice(delta.position + delta.deleteCount)
    for (const listener of listeners) listener([delta], origin)
  }
  const text: BindableText & { refusal?: Error; isReadOnly?: boolean } = {
    name,
    get value() {
      return value
    },
    replace(position, deleteCount, insert) {
      if (text.refusal) throw text.refusal
      if (text.isReadOnly) return
      pushed.push({ position, deleteCount, insert })
      change({ position, deleteCount, insert }, 'local')
    },
    onDelta(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return { text, change, listeners, pushed }
}

/** What a person does at a field, as a browser tells it. */
export class Person {
  readonly field: TextFieldElement
  private isComposing = false

  constructor(field: TextFieldElement) {
    this.field = field
  }

  /** Types over the selection, or over what is being composed. */
  type(text: string): void {
    this.change('insertText', text)
  }

  backspace(): void {
    const { field } = this
    if (field.selectionStart === field.selectionEnd) {
      field.setSelectionRange(Math.max(0, (field.selectionStart ?? 0) - 1), field.selectionEnd)
    }
    this.change('deleteContentBackward', '')
  }

  select(start: number, end = start): void {
    this.field.setSelectionRange(start, end)
  }

  /** Shows what an input method composes, over what it showed before. */
  compose(text: string): void {
    const { field } = this
    const start = field.selectionStart ?? 0
    if (!this.isComposing) field.dispatchEvent(new Event('compositionstart'))
    this.isComposing = true
    this.change('insertCompositionText', text)
    field.setSelectionRange(Math.min(start, field.value.length), field.value.length)
    field.setSelectionRange(start, start + text.length)
  }

  /** The input method gives its text away. */
  endComposition(): void {
    this.isComposing = false
    this.select(this.field.selectionEnd ?? 0)
    this.field.dispatchEvent(new Event('compositionend'))
  }

  /** Uses the browser's undo. Returns whether the page let it happen. */
  browserUndo(): boolean {
    const event = new InputEvent('beforeinput', { inputType: 'historyUndo', cancelable: true, bubbles: true })
    return this.field.dispatchEvent(event)
  }

  press(key: string, modifiers: KeyboardEventInit = {}): boolean {
    return this.field.dispatchEvent(
      new KeyboardEvent('keydown', { key, cancelable: true, bubbles: true, ...modifiers }),
    )
  }

  private change(inputType: string, data: string): void {
    const { field, isComposing } = this
    const init = { inputType, data, isComposing, bubbles: true }
    if (!field.dispatchEvent(new InputEvent('beforeinput', { ...init, cancelable: true }))) return
    // A page may have changed the value in the listener: the browser goes on from what is there.
    const start = field.selectionStart ?? 0
    const caret = start + data.length
    field.value = field.value.slice(0, start) + data + field.value.slice(field.selectionEnd ?? start)
    field.setSelectionRange(caret, caret)
    field.dispatchEvent(new InputEvent('input', init))
  }
}

/** A field in the page, inside a form. */
export function createField(markup = '', kind: 'textarea' | 'input' = 'textarea'): TextFieldElement {
  const form = document.createElement('form')
  const field = document.createElement(kind)
  field.defaultValue = markup
  form.append(field)
  document.body.append(form)
  return field
}
