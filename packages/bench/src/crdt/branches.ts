import type { Random, SessionEdit } from '@flowsync/testkit/sessions'

/** How somebody edits: words here and there, or each character at another place. */
export type EditingStyle = 'bursty' | 'random'

/**
 * Edits of one person who is on their own, beginning with a text of `length` ASCII characters. One in ten deletes.
 * Bursts are as long as in recordings of people who write together: 1 to 13 characters typed on, or up to 6 deleted
 * backwards. A random edit is one character at any place.
 */
export function generateBranch(
  random: Random,
  style: EditingStyle,
  count: number,
  length: number,
): readonly SessionEdit[] {
  const edits: SessionEdit[] = []
  let size = length
  const add = (position: number, deleteCount: number, insert: string) => {
    edits.push({ position, deleteCount, insert })
    size += insert.length - deleteCount
  }
  while (edits.length < count) {
    const isDelete = random.chance(style === 'random' ? 0.1 : 0.17) && size > 100
    const wanted = style === 'random' ? 1 : isDelete ? random.between(1, 6) : random.between(1, 13)
    const run = Math.min(wanted, count - edits.length)
    let caret = isDelete ? random.between(run, size) : random.between(0, size)
    for (let step = 0; step < run; step++) {
      if (isDelete) add(--caret, 1, '')
      else add(caret++, 0, letter(random))
    }
  }
  return edits
}

/** `length` ASCII letters and spaces. */
export function generateText(random: Random, length: number): string {
  return Array.from({ length }, () => letter(random)).join('')
}

function letter(random: Random): string {
  return random.pick(LETTERS)
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz     ']
