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

/** A field in the page, inside a form. */
export function createField(markup = '', kind: 'textarea' | 'input' = 'textarea'): TextFieldElement {
  const form = document.createElement('form')
  const field = document.createElement(kind)
  field.defaultValue = markup
  form.append(field)
  document.body.append(form)
  return field
}
