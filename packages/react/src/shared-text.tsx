'use client'
import { FlowSyncError } from '@flowsync/core'
import { textFieldScript } from '@flowsync/core/text-field'
import { useSyncExternalStore, type ComponentPropsWithoutRef, type ReactNode } from 'react'
import { useTextField, type TextName, type UseTextFieldOptions } from './use-text-field.js'

interface SharedTextProps {
  /** The stream's name, such as `doc:readme`. The field has no `name` of its own: a form does not send it. */
  name: TextName
  /** Undo, and what is told of edits and errors. */
  options?: UseTextFieldOptions
  /** For pages with a Content-Security-Policy: the nonce of the script that keeps what is typed before hydration. */
  nonce?: string
}

type Without = 'name' | 'value' | 'defaultValue' | 'onChange' | 'children'

/** Props of a `<textarea>`, without those that would make it a controlled one. */
export type SharedTextareaProps = SharedTextProps & Omit<ComponentPropsWithoutRef<'textarea'>, Without>

/** Props of an `<input>` of type text, search, tel or password. */
export type SharedInputProps = SharedTextProps &
  Omit<ComponentPropsWithoutRef<'input'>, Without | 'type'> & {
    type?: 'text' | 'search' | 'tel' | 'password'
  }

/**
 * A `<textarea>` that several people write in at once.
 *
 * ```tsx
 * <SharedTextarea name="doc:readme" aria-label="Readme" rows={20} />
 * ```
 * @throws FlowSyncError `config/invalid` outside every provider and for a stream that is no text
 */
export function SharedTextarea({ name, options, nonce, ...props }: SharedTextareaProps): ReactNode {
  const { field } = useTextField(name, options)
  refuseControlled(props)
  return (
    <>
      <textarea {...props} {...field} />
      <TextFieldScript nonce={nonce} />
    </>
  )
}

/** An `<input>` that several people write in at once. Line breaks of the text are kept, and not shown. */
export function SharedInput({ name, options, nonce, ...props }: SharedInputProps): ReactNode {
  const { field } = useTextField(name, options)
  refuseControlled(props)
  return (
    <>
      <input {...props} {...field} />
      <TextFieldScript nonce={nonce} />
    </>
  )
}

/** The types refuse these props; where types are not checked React would write them into the field. */
function refuseControlled(props: object): void {
  if (!('value' in props) && !('defaultValue' in props)) return
  throw new FlowSyncError(
    'config/invalid',
    'A shared field shows its stream: leave value, defaultValue and onChange off.',
  )
}

/**
 * The inline script that keeps what is typed into a served page before it is alive. `SharedTextarea` and `SharedInput`
 * bring it along; render it beside a field of {@link useTextField}. It is gone once the page is alive.
 */
export function TextFieldScript({ nonce }: { nonce?: string }): ReactNode {
  const isServed = useSyncExternalStore(never, isAlive, isBeingServed)
  if (!isServed) return null
  return (
    <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: textFieldScript }} />
  )
}

const never = (): (() => void) => () => undefined
const isAlive = (): boolean => false
const isBeingServed = (): boolean => true
