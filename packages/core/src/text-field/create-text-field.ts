import type { TextDelta } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import { internalsOf } from '../client-internals.js'
import { Listeners } from '../observable.js'
import type { Observer } from '../observer.js'
import type { Receipt } from '../outbox/receipt.js'
import type { DeltaListener } from '../stream/handle-types.js'
import type { StreamSnapshot } from '../stream/snapshot.js'
import { createHandleUndo, type Undo, type UndoOptions, type UndoSnapshot } from '../undo/create-undo.js'
import { bindTextField } from './bind-text-field.js'
import { throwLater } from './bound-text-field.js'
import { lockWhileReadOnly } from './read-only-lock.js'
import type { BindableText, TextFieldElement } from './field-types.js'

/** The handle of a `text` stream, as far as a field needs it. */
export interface TextHandle {
  readonly name: string
  readonly value: string
  replace(position: number, length: number, text: string): Receipt
  onDelta(listener: DeltaListener<TextDelta>): () => void
  getSnapshot(): Pick<StreamSnapshot<string>, 'access'>
  subscribe(listener: () => void): () => void
}

/** The functions that a field tells of its edits. */
interface TextFieldListeners {
  /** Told of the receipt of each edit that the field makes. */
  readonly onEdit?: (receipt: Receipt) => void
  /** Told of the error when an edit throws, such as `op/too-large`. Default: an uncaught error. */
  readonly onError?: (error: unknown) => void
}

/** How a field edits its stream. */
export interface TextFieldSettings extends TextFieldListeners {
  /** How edits become undo entries; `false` for a field without undo. */
  readonly undo?: UndoOptions | false
}

/** A text stream for a field: the binding, and undo beside it. It observes whether there is something to undo. */
export interface TextField extends Observer<UndoSnapshot> {
  /**
   * Binds an element, after giving up the former one. It is read-only while this client may only read. Returns the
   * function that unbinds it.
   */
  readonly attach: (element: TextFieldElement) => () => void
  /** From now on these are told. */
  readonly listen: (listeners: TextFieldListeners) => void
  /** Takes back the newest edit of this field, wherever the focus is. Nothing happens when there is none. */
  readonly undo: () => void
  /** Does again what was undone last. */
  readonly redo: () => void
}

/** How long undo entries outlive the last element and listener: longer than a tree takes to be mounted again. */
const GRACE_MS = 1_000

const NO_UNDO: UndoSnapshot = Object.freeze({ canUndo: false, canRedo: false })

/**
 * Makes a text field of a stream: bindings attach the element they render. It holds the stream open while an element
 * is attached or somebody listens. Undo takes back this client's edits of the stream, from the keys and the menu too.
 *
 * ```ts
 * const field = createTextField(client.stream('doc:readme'))
 * const detach = field.attach(textarea)
 * ```
 * @throws FlowSyncError `config/invalid` for a stream that is no text
 */
export function createTextField(handle: TextHandle, settings: TextFieldSettings = {}): TextField {
  const { system } = internalsOf(handle)
  if (typeof handle.value !== 'string' || typeof handle.replace !== 'function') {
    throw createError(
      'config/invalid',
      `The stream ${JSON.stringify(handle.name)} is no text: a field for a register is made with useStreamModel.`,
    )
  }
  const listeners = new Listeners()
  let told: TextFieldListeners = settings
  let history: { readonly undo: Undo; readonly stop: () => void } | undefined
  let uses = 0
  let cancelEnd: (() => void) | undefined
  let detach: (() => void) | undefined

  /** Keeps the undo entries for one more use. */
  function hold(): () => void {
    uses++
    cancelEnd?.()
    cancelEnd = undefined
    if (!history && settings.undo !== false) {
      const undo = createHandleUndo(handle, settings.undo)
      history = { undo, stop: undo.subscribe(() => listeners.emit()) }
    }
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      if (--uses === 0) cancelEnd = system.setTimer(GRACE_MS, end)
    }
  }

  function end(): void {
    history?.stop()
    history?.undo.dispose()
    history = undefined
  }

  /** The edit is made: a listener that throws must not look like an edit that failed. */
  function tell(receipt: Receipt): void {
    try {
      told.onEdit?.(receipt)
    } catch (error) {
      throwLater(error)
    }
  }

  const text: BindableText = {
    name: handle.name,
    get value() {
      return handle.value
    },
    replace(position, length, insert) {
      const receipt = handle.replace(position, length, insert)
      tell(receipt)
    },
    onDelta: (listener) => handle.onDelta(listener),
  }

  return {
    attach(element) {
      detach?.()
      const release = hold()
      const onError = (error: unknown): void => (told.onError ?? throwLater)(error)
      const binding = bindTextField(element, text, { undo: history?.undo, onError, system })
      const unlock = lockWhileReadOnly(element, {
        isReadOnly: () => handle.getSnapshot().access === 'read',
        subscribe: (listener) => handle.subscribe(listener),
      })
      const off = (): void => {
        if (detach === off) detach = undefined
        binding.unbind()
        unlock()
        release()
      }
      detach = off
      return off
    },
    listen(next) {
      told = next
    },
    undo: () => void history?.undo.undo(),
    redo: () => void history?.undo.redo(),
    subscribe(listener) {
      const release = hold()
      const stop = listeners.add(listener)
      return () => {
        stop()
        release()
      }
    },
    getSnapshot: () => history?.undo.getSnapshot() ?? NO_UNDO,
    getServerSnapshot: () => NO_UNDO,
  }
}
