const encoder = new TextEncoder()

/** Half of a surrogate pair: a UTF-16 unit that UTF-8 cannot hold. */
export const LONE_SURROGATE = /\p{Surrogate}/u

/** The text with U+FFFD in place of every half of a surrogate pair. */
export function toWellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}

/** The longest beginning of the text that is at most `maxBytes` of UTF-8. */
export function cutToBytes(text: string, maxBytes: number): string {
  // Three bytes per UTF-16 unit at most: short texts need no measuring.
  if (text.length * 3 <= maxBytes) return text
  return text.slice(0, encoder.encodeInto(text, new Uint8Array(maxBytes)).read)
}
