'use client'
import {
  FlowSyncError,
  type RegisteredStreams,
  type StreamSnapshot,
  type TextStreamName,
} from '@flowsync/core'
import {
  createTextField,
  RECORDED_ATTRIBUTE,
  type TextField,
  type TextFieldSettings,
  type TextHandle,
} from '@flowsync/core/text-field'
import { useEffect, useMemo, type RefCallback } from 'react'
import { useObserver, useStreamObserver } from './use-observer.js'
import type { Name } from './types.js'

/** A name whose stream is a text. */
export type TextName = TextStreamName<RegisteredStreams>

/** The props of a `<textarea>` or `<input>`: spread them on the element, after the props of your own. */
export interface TextFieldProps {
  readonly ref: RefCallback<HTMLTextAreaElement | HTMLInputElement>
  /** The text of the first render. What comes later is shown by the binding. */
  readonly defaultValue: string
  /** The browser may correct the served value before the page is alive. */
  readonly suppressHydrationWarning: true
  readonly autoComplete: 'off'
  readonly [RECORDED_ATTRIBUTE]: string
}

/** What {@link useTextField} returns. */
export interface UseTextFieldResult extends StreamSnapshot<string> {
  readonly field: TextFieldProps
  readonly canUndo: boolean
  readonly canRedo: boolean
  /** Takes back the newest edit of this field, as Ctrl+Z in it does. Stable. */
  readonly undo: () => void
  /** Does again what was undone last. Stable. */
  readonly redo: () => void
}

/** How a field edits its stream. The functions may be written inline. */
export type UseTextFieldOptions = TextFieldSettings

/**
 * Binds a `<textarea>` or a text `<input>` to a text stream. The field shows the stream's text, and what is typed in it
 * becomes an edit: nothing else does, not mounting, hiding, Back, a form reset or a change of the name. It is read-only
 * while this client may only read.
 *
 * Leave `value`, `defaultValue` and `onChange` off the element.
 *
 * ```tsx
 * const { field, undo, canUndo } = useTextField('doc:readme')
 * return <textarea aria-label="Readme" {...field} />
 * ```
 * @throws FlowSyncError `config/invalid` outside every provider and for a stream that is no text
 */
export function useTextField<const N extends TextName>(
  name: N,
  options: UseTextFieldOptions = {},
): UseTextFieldResult {
  const observer = useStreamObserver(name as Name)
  const snapshot = useObserver(observer) as StreamSnapshot<string>
  const { handle } = observer
  const { undo: undoOptions } = options
  const isUndoable = undoOptions !== false
  const captureMs = undoOptions ? undoOptions.captureMs : undefined
  const limit = undoOptions ? undoOptions.limit : undefined
  const field = useMemo(
    () =>
      createTextField(handle as unknown as TextHandle, {
        undo: isUndoable ? { captureMs, limit } : false,
      }),
    [handle, isUndoable, captureMs, limit],
  )
  useEffect(() => field.listen(options))
  const { canUndo, canRedo } = useObserver(field)
  const ref = useMemo(() => refTo(field), [field])
  // The same until client or name change: the text of a former user must not stay in the page.
  const { value } = observer.getServerSnapshot() as StreamSnapshot<string>
  const props = useMemo<TextFieldProps>(
    () => ({
      ref,
      defaultValue: value,
      suppressHydrationWarning: true,
      autoComplete: 'off',
      [RECORDED_ATTRIBUTE]: name,
    }),
    [ref, value, name],
  )
  return useMemo(
    () => ({ ...snapshot, field: props, canUndo, canRedo, undo: field.undo, redo: field.redo }),
    [snapshot, props, canUndo, canRedo, field],
  )
}

/** A ref that binds the element it is given. React 18 and 19 both call it with null to end that. */
function refTo(field: TextField): RefCallback<HTMLTextAreaElement | HTMLInputElement> {
  let bound: { readonly element: Element; readonly detach: () => void } | undefined
  return (element) => {
    if (element && bound && bound.element !== element && bound.element.isConnected) {
      throw new FlowSyncError(
        'config/invalid',
        'The field of useTextField is spread on two elements: call useTextField once for each.',
      )
    }
    bound?.detach()
    bound = element ? { element, detach: field.attach(element) } : undefined
  }
}
