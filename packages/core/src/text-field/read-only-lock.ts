import type { TextFieldElement } from './field-types.js'

/** Something that may be read-only for a while. */
export interface Lockable {
  isReadOnly(): boolean
  subscribe(listener: () => void): () => void
}

/**
 * Makes an element read-only while `source` is. What the page says of the element itself, before or meanwhile, holds
 * beside it and afterwards. Returns the function that ends it.
 */
export function lockWhileReadOnly(element: TextFieldElement, source: Lockable): () => void {
  let isReadOnlyByPage = element.readOnly
  /** Notes what the page has said since; changes made here are taken off the records at once. */
  const listen = (records = watcher.takeRecords()): void => {
    if (records.length > 0) isReadOnlyByPage = element.readOnly
  }
  const set = (isReadOnly: boolean): void => {
    if (element.readOnly !== isReadOnly) element.readOnly = isReadOnly
    watcher.takeRecords()
  }
  const update = (): void => {
    listen()
    set(isReadOnlyByPage || source.isReadOnly())
  }
  const watcher = new MutationObserver((records) => {
    listen(records)
    update()
  })
  watcher.observe(element, { attributes: true, attributeFilter: ['readonly'] })
  update()
  const stop = source.subscribe(update)
  return () => {
    stop()
    listen()
    set(isReadOnlyByPage)
    watcher.disconnect()
  }
}
