import { createError } from '@flowsync/protocol'
import { wasBound } from './recording-key.js'
import { isTextControl } from './text-control.js'

/** The parts of an intent that say how much of a text it takes away. */
interface TextIntent {
  readonly op?: unknown
  readonly pos?: unknown
  readonly length?: unknown
}

/**
 * Finds the mistake that looks like a controlled field: an event of a field that no binding has replaces a whole text.
 * The text that others wrote since the field was rendered would be deleted with it. For development only.
 *
 * @param read the text by now
 * @throws FlowSyncError `op/invalid-intent`
 */
export function refuseWholeText(name: string, intent: unknown, read: () => unknown): void {
  const field = fieldOfEvent()
  if (!field || wasBound(field) || typeof intent !== 'object' || intent === null) return
  const { op, pos, length } = intent as TextIntent
  if ((op !== 'replace' && op !== 'delete') || pos !== 0 || (op === 'delete' && field.value === '')) return
  const value = read()
  if (typeof value !== 'string' || value === '' || Number(length) < value.length) return
  throw createError(
    'op/invalid-intent',
    `An event of a field replaced the whole text of ${JSON.stringify(name)}, which deletes what others wrote since ` +
      'the field was rendered. Bind the field instead: <SharedTextarea name="…"> or useTextField in React, ' +
      'v-flowsync-text in Vue, {@attach textField(doc)} in Svelte, bindTextField elsewhere.',
  )
}

/** The text field whose input is being handled just now. */
function fieldOfEvent(): { readonly value: string } | undefined {
  const { event } = globalThis as { readonly event?: Partial<Event> }
  if (event?.type !== 'input' && event?.type !== 'change') return undefined
  const { target } = event
  const control = target as Partial<HTMLInputElement> | null | undefined
  return control && isTextControl(control) ? (control as HTMLInputElement) : undefined
}
