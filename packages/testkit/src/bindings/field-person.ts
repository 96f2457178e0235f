import type { TextFieldElement } from '@flowsync/core'

/** A person at a text field, told by the events of a browser. For tests in a simulated DOM. */
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
    this.field.focus()
    this.field.setSelectionRange(start, end)
  }

  /** Shows what an input method composes, over what it showed before. */
  compose(text: string): void {
    const { field } = this
    field.focus()
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
    field.focus()
    const init = { inputType, data, isComposing, bubbles: true }
    if (!field.dispatchEvent(new InputEvent('beforeinput', { ...init, cancelable: true }))) return
    // A page may have changed the value in the listener: the browser goes on from what is there.
    const start = field.selectionStart ?? 0
    const caret = start + data.length
    setValue(field, field.value.slice(0, start) + data + field.value.slice(field.selectionEnd ?? start))
    field.setSelectionRange(caret, caret)
    field.dispatchEvent(new InputEvent('input', init))
  }
}

/** Changes the value as a browser does: past the accessors that a framework put on the element. */
function setValue(field: TextFieldElement, value: string): void {
  const accessors = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')
  accessors?.set?.call(field, value)
}
