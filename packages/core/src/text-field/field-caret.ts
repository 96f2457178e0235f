import type { TextFieldElement } from './field-types.js'

/** A selection, in positions of the field's value. */
export interface FieldSelection {
  readonly start: number
  readonly end: number
}

/**
 * The selection of a field through changes of its value. A field without the focus is not selected in, because Safari
 * would focus it: its selection is kept, and set when the focus comes.
 */
export class FieldCaret {
  private readonly field: TextFieldElement
  private kept: FieldSelection | undefined

  constructor(field: TextFieldElement) {
    this.field = field
  }

  get selection(): FieldSelection {
    const { selectionStart, selectionEnd } = this.field
    return this.kept ?? { start: selectionStart ?? 0, end: selectionEnd ?? 0 }
  }

  /** Sets the value, and the selection in it; scroll positions stay. */
  write(value: string, { start, end }: FieldSelection): void {
    const { field } = this
    const { selectionDirection, scrollTop, scrollLeft } = field
    field.value = value
    if (field.matches(':focus')) field.setSelectionRange(start, end, selectionDirection ?? undefined)
    else this.kept = { start, end }
    field.scrollTop = scrollTop
    field.scrollLeft = scrollLeft
  }

  /** The field has got the focus. */
  onFocus(): void {
    const { kept } = this
    this.kept = undefined
    if (kept) this.field.setSelectionRange(kept.start, kept.end)
  }

  /** The browser has put the caret where it is. */
  forget(): void {
    this.kept = undefined
  }
}
