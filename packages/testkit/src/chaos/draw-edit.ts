import type { Random } from '../simulator/random.js'
import { markOf, marksIn, weightOf, type Mark } from './marks.js'

/** An edit for a handle's `push`. */
export interface LoadEdit {
  readonly intent: { readonly op: string; readonly [field: string]: unknown }
  /** Whether it adds the author's next mark. */
  readonly isMarked: boolean
}

const DELETE_CHANCE = 0.3

/** Draws an edit of an author for a stream's current value: mostly its n-th mark, and sometimes the removal of an older one of anybody. */
export function drawEdit(
  stream: string,
  value: unknown,
  random: Random,
  author: number,
  n: number,
): LoadEdit {
  const mark = markOf(author, n)
  const [kind] = stream.split(':')
  switch (kind) {
    case 'doc':
      return editText(value as string, random, mark)
    case 'set':
      return editSet(value as ReadonlySet<string>, random, mark)
    case 'log':
      return { intent: { op: 'append', value: mark }, isMarked: true }
    default:
      return { intent: { op: 'increment', amount: weightOf(author) }, isMarked: true }
  }
}

function editText(text: string, random: Random, mark: string): LoadEdit {
  const marks = marksIn(text)
  const ends = marks.map(({ author, n }) => markOf(author, n).length)
  const startOf = (place: number): number => ends.slice(0, place).reduce((sum, length) => sum + length, 0)
  const removable = removableOf(marks)
  if (removable.length > 0 && random.chance(DELETE_CHANCE)) {
    const place = random.pick(removable)
    return { intent: { op: 'delete', pos: startOf(place), length: ends[place] ?? 0 }, isMarked: false }
  }
  // Between marks, never in one: what was written whole stays whole.
  const pos = random.chance(0.5) ? text.length : startOf(random.int(marks.length + 1))
  return { intent: { op: 'insert', pos, text: mark }, isMarked: true }
}

function editSet(elements: ReadonlySet<string>, random: Random, mark: string): LoadEdit {
  const list = [...elements]
  const removable = removableOf(list.flatMap(marksIn))
  if (removable.length > 0 && random.chance(DELETE_CHANCE)) {
    return { intent: { op: 'delete', value: list[random.pick(removable)] }, isMarked: false }
  }
  return { intent: { op: 'add', value: mark }, isMarked: true }
}

/** Places of marks that are not the newest of their authors. */
function removableOf(marks: readonly Mark[]): number[] {
  const newest = new Map<number, number>()
  for (const { author, n } of marks) newest.set(author, Math.max(newest.get(author) ?? 0, n))
  return marks.flatMap(({ author, n }, place) => (n < (newest.get(author) ?? 0) ? [place] : []))
}
