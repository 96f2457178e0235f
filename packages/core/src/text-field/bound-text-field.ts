import { mapPosition, type TextDelta } from '@flowsync/crdt'
import { createSystem } from '@flowsync/protocol'
import type { DeltaOrigin } from '../stream/handle-types.js'
import { carryEdit } from './carry-edit.js'
import { FieldCaret } from './field-caret.js'
import type {
  BindableText,
  TextFieldBinding,
  TextFieldElement,
  TextFieldOptions,
  TextFieldUndo,
} from './field-types.js'
import { takeRecording, type Recording } from './recording.js'
import { afterEdit, showText, type ShownText } from './shown-text.js'
import { findEdit, type TextEdit } from './text-edit.js'
import { diffTexts } from './text-diff.js'
import { historyOf, isApple, keysOf, type HistoryStep } from './undo-keys.js'

type MapPosition = (position: number) => number

/** Where the ends of a selection go when the field is written. */
interface CaretWay {
  /** The place in the former text of a position in the field. Default: the field shows that text. */
  readonly toStream?: MapPosition
  /** The place in the text by now of a position in the former one. Default: the same. */
  readonly mapStart?: MapPosition
  /** As `mapStart`, for the end of a selection. Default: `mapStart`. */
  readonly mapEnd?: MapPosition
}

/** Lets an error be heard as an uncaught one, and what is under way go on. */
export function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}

/** Where an element keeps its binding. */
const BOUND = Symbol.for('flowsync.boundTextField')

const unmoved: MapPosition = (position) => position

/** A field and the text it shows: what a person types is pushed, what others change is shown. */
export class BoundTextField implements TextFieldBinding {
  private readonly field: TextFieldElement
  private readonly caret: FieldCaret
  private readonly isMultiline: boolean
  private readonly options: TextFieldOptions
  private readonly listening = new AbortController()
  private text: BindableText
  private undo: TextFieldUndo | undefined
  private stopText: () => void = () => undefined
  /** The stream's text as the field showed it when both last agreed. */
  private shown: ShownText
  /** The field's value after the last input event, or after it was written here: any other value is foreign. */
  private seen = ''
  private seenCaret = 0
  /** Changes of others since both agreed; empty but during a composition. */
  private held: TextDelta[] = []
  private isComposing = false
  private isPushing = false
  /** The kind of input that a `beforeinput` has announced, until its `input` comes. */
  private announced: string | undefined

  constructor(field: TextFieldElement, text: BindableText, options: TextFieldOptions) {
    // A field shows one text: a second binding ends the first.
    const holder = field as { [BOUND]?: BoundTextField }
    holder[BOUND]?.unbind()
    holder[BOUND] = this
    this.field = field
    this.caret = new FieldCaret(field)
    this.isMultiline = field.localName === 'textarea'
    this.options = options
    this.text = text
    this.undo = options.undo
    this.shown = this.show()
    const recording = takeRecording(field, text.name)
    const caret = recording && this.replay(recording)
    // The browser would put an old value into the field when the page is visited again.
    if (!field.hasAttribute('autocomplete')) field.setAttribute('autocomplete', 'off')
    this.listen()
    this.write(caret === undefined ? {} : { mapStart: () => caret })
  }

  follow(text: BindableText, undo?: TextFieldUndo): void {
    this.undo = undo
    if (text === this.text) return this.restore()
    this.commit()
    this.stopText()
    const isSame = text.name !== undefined && text.name === this.text.name
    this.text = text
    this.stopText = text.onDelta((deltas, origin) => this.onDelta(deltas, origin))
    this.write(isSame ? {} : { mapStart: () => 0 })
  }

  unbind(): void {
    if (this.isEnded) return
    this.commit()
    this.listening.abort()
    this.stopText()
    const holder = this.field as { [BOUND]?: BoundTextField }
    if (holder[BOUND] === this) holder[BOUND] = undefined
  }

  private get isEnded(): boolean {
    return this.listening.signal.aborted
  }

  private listen(): void {
    const { field } = this
    const { signal } = this.listening
    field.addEventListener('beforeinput', (event) => this.onBeforeInput(event as InputEvent), { signal })
    field.addEventListener('input', (event) => this.onInput(event), { signal })
    field.addEventListener('compositionstart', () => this.onCompositionStart(), { signal })
    field.addEventListener('compositionend', () => this.onCompositionEnd(), { signal })
    field.addEventListener('keydown', (event) => this.onKeyDown(event as KeyboardEvent), { signal })
    field.addEventListener('focus', () => this.onFocus(), { signal })
    field.addEventListener('blur', () => this.onBlur(), { signal })
    const { ownerDocument } = field
    // On the way down, and in the tree of the field: the event leaves no shadow tree, and a page may stop it.
    field.getRootNode().addEventListener('reset', (event) => this.onReset(event), { signal, capture: true })
    const { defaultView } = ownerDocument
    defaultView?.addEventListener('pageshow', () => this.restore(), { signal })
    // The page may never come back: what is being composed is typed.
    defaultView?.addEventListener('pagehide', () => this.commit(), { signal })
    ownerDocument.addEventListener(
      'visibilitychange',
      () => ownerDocument.visibilityState === 'hidden' && this.commit(),
      { signal },
    )
    this.stopText = this.text.onDelta((deltas, origin) => this.onDelta(deltas, origin))
  }

  private get isApple(): boolean {
    return isApple(this.field.ownerDocument.defaultView?.navigator.platform)
  }

  private show(): ShownText {
    return showText(this.text.value, this.isMultiline)
  }

  private onBeforeInput(event: InputEvent): void {
    const step = historyOf(event.inputType)
    if (step) {
      event.preventDefault()
      this.travel(step)
      return
    }
    this.restore()
    this.announced = event.inputType
  }

  private onInput(event: Event): void {
    const { inputType, isComposing } = event as Partial<InputEvent>
    this.announced = undefined
    this.caret.forget()
    const step = historyOf(inputType)
    if (step) {
      // A browser that did not let it be prevented.
      this.restore()
      this.travel(step)
      return
    }
    if (this.isFilling(event)) {
      this.restore()
      return
    }
    this.look()
    // A composition may have begun before the field was bound.
    this.isComposing = isComposing ?? this.isComposing
    if (!this.isComposing) this.settle()
  }

  /** Takes the value of the field as typed by a person. */
  private look(): void {
    this.seen = this.field.value
    this.seenCaret = this.field.selectionEnd ?? this.seen.length
  }

  /**
   * A browser that fills fields in, a name or what they held before a crash, tells so by a bare event or by a
   * replacement, to fields that nobody is in.
   */
  private isFilling(event: Event): boolean {
    const { inputType = '' } = event as Partial<InputEvent>
    if (!event.isTrusted || this.field.matches(':focus')) return false
    return inputType === '' || inputType === 'insertReplacementText'
  }

  private onCompositionStart(): void {
    this.restore()
    this.announced = undefined
    this.isComposing = true
  }

  private onCompositionEnd(): void {
    if (!this.isComposing) return
    this.isComposing = false
    // Firefox changes the value, ends the composition, and only then tells of the input.
    if (this.announced !== undefined) this.look()
    this.settle()
  }

  private onFocus(): void {
    this.restore()
    this.caret.onFocus()
  }

  private onBlur(): void {
    this.commit()
    this.undo?.stop?.()
  }

  private onReset(event: Event): void {
    if (event.target !== this.field.form) return
    // The event comes before the values change.
    const { system = createSystem() } = this.options
    system.setTimer(0, () => {
      if (!this.isEnded) this.restore()
    })
  }

  private onKeyDown(event: KeyboardEvent): void {
    if (!event.isComposing) this.restore()
    const { readOnly, disabled } = this.field
    const step = this.undo && !event.defaultPrevented ? keysOf(event, this.isApple) : undefined
    if (!step || readOnly || disabled) return
    event.preventDefault()
    this.travel(step)
  }

  private travel(step: HistoryStep): void {
    this.commit()
    try {
      this.undo?.[step]()
    } catch (error) {
      this.report(error)
    }
  }

  /** Replaces a value that no input event has brought. */
  private restore(): void {
    const { value } = this.field
    if (value === this.seen) return
    this.commit()
    const { shown } = this
    const way = findEdit(value, shown.value, 0)
    const toStream = (position: number): number =>
      shown.toStream(mapPosition(position, way ? [way] : [], 'before'))
    this.write({ toStream })
  }

  /** Ends a composition, which the browser may never tell of: what was composed up to now is typed. */
  private commit(): void {
    if (!this.isComposing) return
    this.isComposing = false
    this.settle()
  }

  /** Pushes what was typed since both agreed, then shows what others did. */
  private settle(): void {
    const { shown, held, text } = this
    const typed = findEdit(shown.value, this.seen, this.seenCaret)
    const edit = typed && shown.toStreamEdit(typed)
    const carried = carryEdit(edit, held)
    this.push(carried.edits)
    // A listener of the edit may have given the field another text, which is shown already.
    if (this.isEnded || this.text !== text) return
    this.write({
      toStream: (position) => afterEdit(shown, typed, edit, position),
      mapStart: carried.mapCaret,
    })
  }

  private push(edits: readonly TextEdit[]): void {
    const { text } = this
    this.isPushing = true
    // From the end of the text to its start: each holds whether or not those before it were made.
    for (const edit of edits) {
      try {
        text.replace(edit.position, edit.deleteCount, edit.insert)
      } catch (error) {
        this.report(error)
      }
    }
    this.isPushing = false
  }

  private report(error: unknown): void {
    const { onError = throwLater } = this.options
    onError(error)
  }

  private onDelta(deltas: readonly TextDelta[], origin: DeltaOrigin = 'remote'): void {
    if (this.isPushing) return
    if (this.isComposing) {
      this.held.push(...deltas)
      return
    }
    if (origin === 'history') {
      const last = deltas.at(-1)
      const caret = last ? last.position + last.insert.length : 0
      this.write({ mapStart: () => caret })
      return
    }
    // A caret stays before what others insert at it; a selection does not grow at either end.
    const { start, end } = this.caret.selection
    const startAffinity = start === end ? 'before' : 'after'
    this.write({
      mapStart: (position) => mapPosition(position, deltas, startAffinity),
      mapEnd: (position) => mapPosition(position, deltas, 'before'),
    })
  }

  /** Shows the stream's text; caret and selection go where `way` says. */
  private write(way: CaretWay = {}): void {
    const { field, shown } = this
    const next = this.show()
    const { toStream = (position) => shown.toStream(position), mapStart = unmoved, mapEnd = mapStart } = way
    if (field.value !== next.value) {
      const { selection } = this.caret
      const start = next.toField(mapStart(toStream(selection.start)))
      const end = next.toField(mapEnd(toStream(selection.end)))
      this.caret.write(next.value, { start, end: Math.max(start, end) })
    }
    this.shown = next
    this.seen = field.value
    this.held = []
  }

  /** Makes recorded edits on what the stream shows by now. Returns where the caret goes in the stream. */
  private replay({ edits, caret }: Recording): number {
    let place = caret
    for (const { base, edit } of edits) {
      // The markup may be older than the stream: their distance is what others changed in between.
      const carried = carryEdit(edit, diffTexts(base, this.shown.value))
      place = carried.mapCaret(edit.position + edit.insert.length)
      for (const next of carried.edits) {
        this.push([this.shown.toStreamEdit(next)])
        this.shown = this.show()
      }
    }
    return this.shown.toStream(place)
  }
}
