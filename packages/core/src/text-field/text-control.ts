const TEXT_TYPES = new Set(['text', 'search', 'tel', 'password'])

/** True for a `<textarea>`, and for an `<input>` whose value is plain text. */
export function isTextControl(element: Partial<Pick<HTMLInputElement, 'localName' | 'type'>>): boolean {
  const { localName, type = '' } = element
  return localName === 'textarea' || (localName === 'input' && TEXT_TYPES.has(type))
}
