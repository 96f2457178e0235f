/** Half of a surrogate pair: a UTF-16 unit that UTF-8 cannot hold. */
export const LONE_SURROGATE = /\p{Surrogate}/u

/** The text with U+FFFD in place of every half of a surrogate pair. */
export function toWellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}
