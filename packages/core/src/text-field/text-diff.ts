import type { TextDelta } from '@flowsync/crdt'
import { findEdit } from './text-edit.js'

/** Texts that differ by more than this are told apart by one replacement. */
const MAX_CHANGES = 400

/**
 * Changes that turn one text into another, few and small: what several people wrote in several places stays apart. Each
 * applies to the result of the former.
 *
 * Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), greedy and forwards, between the common ends.
 */
export function diffTexts(before: string, after: string): TextDelta[] {
  const whole = findEdit(before, after, after.length)
  if (!whole) return []
  const { position, deleteCount, insert } = whole
  const path =
    deleteCount === 0 || insert === ''
      ? undefined
      : shortestPath(before.slice(position, position + deleteCount), insert)
  return path ? deltasOf(path, insert, position) : [whole]
}

/** A step of the path: a unit deleted, or one inserted, at these places of the two texts. */
interface Change {
  readonly isInsert: boolean
  readonly x: number
  readonly y: number
}

/** The fewest units to delete and to insert; undefined when they are too many. */
function shortestPath(from: string, to: string): Change[] | undefined {
  const limit = Math.min(MAX_CHANGES, from.length + to.length)
  const reach = new Int32Array(2 * limit + 3)
  const trace: Int32Array[] = []
  for (let changes = 0; changes <= limit; changes++) {
    trace.push(reach.slice())
    for (let line = -changes; line <= changes; line += 2) {
      const isInsert = isDown(reach, limit, line, changes)
      let x = isInsert ? at(reach, limit, line + 1) : at(reach, limit, line - 1) + 1
      while (x < from.length && x - line < to.length && from[x] === to[x - line]) x++
      reach[limit + 1 + line] = x
      if (x >= from.length && x - line >= to.length) return walkBack(trace, limit, line)
    }
  }
  return undefined
}

function walkBack(trace: readonly Int32Array[], limit: number, endLine: number): Change[] {
  const path: Change[] = []
  let line = endLine
  for (let changes = trace.length - 1; changes > 0; changes--) {
    const reach = trace[changes] as Int32Array
    const isInsert = isDown(reach, limit, line, changes)
    line += isInsert ? 1 : -1
    const x = at(reach, limit, line)
    path.push({ isInsert, x, y: x - line })
  }
  return path.reverse()
}

/** Whether the furthest way to a diagonal comes by an insertion. */
function isDown(reach: Int32Array, limit: number, line: number, changes: number): boolean {
  if (line === -changes) return true
  return line !== changes && at(reach, limit, line - 1) < at(reach, limit, line + 1)
}

function at(reach: Int32Array, limit: number, line: number): number {
  return reach[limit + 1 + line] ?? 0
}

/** Joins neighbouring steps; positions count in the text as the steps before have left it. */
function deltasOf(path: readonly Change[], to: string, offset: number): TextDelta[] {
  const deltas: { position: number; deleteCount: number; insert: string }[] = []
  let shift = 0
  for (const { isInsert, x, y } of path) {
    const position = offset + x + shift
    const last = deltas.at(-1)
    const isNext = last !== undefined && last.position + last.insert.length === position
    const delta = isNext ? last : { position, deleteCount: 0, insert: '' }
    if (!isNext) deltas.push(delta)
    if (isInsert) {
      delta.insert += to[y]
      shift++
    } else {
      delta.deleteCount++
      shift--
    }
  }
  return deltas
}
