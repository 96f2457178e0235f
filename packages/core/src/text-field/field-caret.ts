import type { TextFieldElement } from './field-types.js'

/** A selection, in positions of the field's value. */
export interface FieldSelection {
  readonly start: number
  readonly end: number
}

/** A selection that waits for the focus, and the one that the browser left in the field meanwhile. */
interface KeptSelection extends FieldSelection {
  readonly left: FieldSelection
}

/**
 * The selection of a field through changes of its value. A field without the focus is not selected in, because Safari
 * would focus it (WebKit bug 224425): its selection is kept, and set when the focus comes, unless somebody has selected
 * something in between.
 */
export class FieldCaret {
  private readonly field: TextFieldElement
  private kept: KeptSelection | undefined

  constructor(field: TextFieldElement) {
    this.field = field
  }

  get selection(): FieldSelection {
    return this.waiting ?? this.shown
  }

  /** The kept selection, as long as nobody has selected anything else. */
  private get waiting(): KeptSelection | undefined {
    const { kept, shown } = this
    return kept && kept.left.start === shown.start && kept.left.end === shown.end ? kept : undefined
  }

  private get shown(): FieldSelection {
    const { selectionStart, selectionEnd } = this.field
    return { start: selectionStart ?? 0, end: selectionEnd ?? 0 }
  }

  /** Sets the value, and the selection in it; scroll positions stay. */
  write(value: string, { start, end }: FieldSelection): void {
    const { field } = this
    const { selectionDirection, scrollTop, scrollLeft } = field
    field.value = value
    if (field.matches(':focus')) field.setSelectionRange(start, end, selectionDirection ?? undefined)
    else this.kept = { start, end, left: this.shown }
    field.scrollTop = scrollTop
    field.scrollLeft = scrollLeft
  }

  /** The field has got the focus. */
  onFocus(): void {
    const { waiting } = this
    this.kept = undefined
    if (waiting) this.field.setSelectionRange(waiting.start, waiting.end)
  }

  /** The browser has put the caret where it is. */
  forget(): void {
    this.kept = undefined
  }
}
