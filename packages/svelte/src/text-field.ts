import { FlowSyncError, type TextFieldElement } from '@flowsync/core'
import { createTextField, type TextFieldSettings, type TextHandle } from '@flowsync/core/text-field'
import { untrack } from 'svelte'
import type { Attachment } from 'svelte/attachments'

/** A text stream: what `stream()` returned, or a handle. */
export type TextSource = TextHandle | { readonly handle: TextHandle }

/**
 * Attaches a `<textarea>` or a text `<input>` to a text stream. The field shows the stream's text, and what is typed in
 * it becomes an edit: nothing else does, not an attachment that runs again, Back, a form reset or another stream. It is
 * read-only while this client may only read.
 *
 * Leave `bind:value` and `value={doc.current}` off the element. On a page that a server renders `value={doc.initial}`
 * brings the text into the markup, and `data-flowsync-text` lets `textFieldScript` record what is typed before the page
 * is alive.
 *
 * ```svelte
 * <script lang="ts">
 *   const doc = stream('doc:readme')
 * </script>
 * <textarea {@attach textField(doc)} value={doc.initial} data-flowsync-text="doc:readme" aria-label="Readme"></textarea>
 * ```
 * @throws FlowSyncError `config/invalid` for a stream that is no text
 */
export function textField(text: TextSource, settings: TextFieldSettings = {}): Attachment<TextFieldElement> {
  if (typeof text !== 'object') {
    throw new FlowSyncError(
      'config/invalid',
      "textField takes a stream, not its name: const doc = stream('doc:readme'), then {@attach textField(doc)}.",
    )
  }
  return (element) => {
    // Read here, so that it is attached again when another user signs in.
    const handle = 'handle' in text ? text.handle : text
    return untrack(() => createTextField(handle, settings).attach(element))
  }
}
