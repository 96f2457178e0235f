import { createError } from '@flowsync/protocol'
import { BoundTextField } from './bound-text-field.js'
import type { BindableText, TextFieldBinding, TextFieldElement, TextFieldOptions } from './field-types.js'
import { isTextControl } from './text-control.js'

/**
 * Binds a field to a text stream, both ways. The field shows the stream's text at once, whatever it held before.
 *
 * An edit is what an input event changed, never a difference to what the field held: a value that a framework, the
 * Back button, a form reset or a script puts into the field is replaced by the stream's text and written nowhere.
 * Text typed into server-rendered markup is kept where {@link textFieldScript} recorded it.
 *
 * Carets and selections stay with the letters around them while others type; after an undo the caret stands behind
 * what came back. During the composition of an input method (IME) the field is left alone; what others wrote meanwhile
 * is shown when it ends. Line breaks that a field cannot hold (CRLF, any in an `<input>`) stay in the stream.
 *
 * @example
 * const binding = bindTextField(textarea, client.stream('doc:readme'))
 * binding.unbind()
 * @throws FlowSyncError `config/invalid` for an element that holds no plain text
 */
export function bindTextField(
  field: TextFieldElement,
  text: BindableText,
  options: TextFieldOptions = {},
): TextFieldBinding {
  if (!isTextControl(field)) {
    throw createError(
      'config/invalid',
      'A text stream can be bound to a <textarea>, or to an <input> of type text, search, tel or password.',
    )
  }
  return new BoundTextField(field, text, options)
}
