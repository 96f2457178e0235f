import type { SessionEdit } from '@flowsync/testkit/sessions'

const SURROGATE = /[\ud800-\udfff]/

/** Translates edits whose positions are UTF-16 units into such that count code points, for libraries that count so. */
export function toCodePoints(edits: readonly SessionEdit[]): readonly SessionEdit[] {
  if (!edits.some(({ insert }) => SURROGATE.test(insert))) return edits
  let text = ''
  return edits.map(({ position, deleteCount, insert }) => {
    const translated = {
      position: codePoints(text.slice(0, position)),
      deleteCount: codePoints(text.slice(position, position + deleteCount)),
      insert,
    }
    text = text.slice(0, position) + insert + text.slice(position + deleteCount)
    return translated
  })
}

function codePoints(text: string): number {
  let count = text.length
  for (let index = 1; index < text.length; index++) {
    const isTrail = (text.charCodeAt(index) & 0xfc00) === 0xdc00
    if (isTrail && (text.charCodeAt(index - 1) & 0xfc00) === 0xd800) count--
  }
  return count
}
