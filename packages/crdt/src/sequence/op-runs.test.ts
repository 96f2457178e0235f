import { describe, expect, it } from 'vitest'
import { BACKSPACE, DELETE, INSERT, NOTHING, OpRuns } from './op-runs.js'
import type { OpKind } from './op-runs.js'

/** Appends ops that follow one another and tells the runs they make. */
function runsOf(ops: readonly (readonly [kind: OpKind, position: number, count: number])[]) {
  const runs = new OpRuns(100)
  let length = 100
  for (const [kind, position, count] of ops) {
    runs.append(kind, position, count, length, true)
    length += kind === INSERT ? count : kind === NOTHING ? 0 : -count
  }
  return {
    runs,
    list: Array.from({ length: runs.count }, (_, run) => [
      runs.kindOf(run),
      runs.startOf(run),
      runs.endOf(run),
    ]),
  }
}

describe('runs of ops', () => {
  it.each<[string, readonly (readonly [OpKind, number, number])[], readonly (readonly number[])[]]>([
    [
      'typing',
      [
        [INSERT, 5, 1],
        [INSERT, 6, 2],
        [INSERT, 8, 1],
      ],
      [[INSERT, 0, 4]],
    ],
    [
      'typing elsewhere',
      [
        [INSERT, 5, 1],
        [INSERT, 5, 1],
      ],
      [
        [INSERT, 0, 1],
        [INSERT, 1, 2],
      ],
    ],
    [
      'the delete key',
      [
        [DELETE, 5, 1],
        [DELETE, 5, 3],
      ],
      [[DELETE, 0, 4]],
    ],
    [
      'the backspace key',
      [
        [DELETE, 5, 1],
        [DELETE, 4, 1],
        [DELETE, 3, 1],
      ],
      [[BACKSPACE, 0, 3]],
    ],
    [
      'backspaces in a piece',
      [
        [BACKSPACE, 9, 3],
        [BACKSPACE, 6, 2],
      ],
      [[BACKSPACE, 0, 5]],
    ],
    [
      'a selection, then backspace',
      [
        [DELETE, 5, 2],
        [DELETE, 4, 1],
      ],
      [
        [DELETE, 0, 2],
        [DELETE, 2, 3],
      ],
    ],
    [
      'nothing, then backspace',
      [
        [NOTHING, 5, 1],
        [DELETE, 4, 1],
      ],
      [
        [NOTHING, 0, 1],
        [DELETE, 1, 2],
      ],
    ],
    [
      'typing, then backspace',
      [
        [INSERT, 5, 1],
        [DELETE, 5, 1],
      ],
      [
        [INSERT, 0, 1],
        [DELETE, 1, 2],
      ],
    ],
  ])('hold %s', (_name, ops, expected) => {
    expect(runsOf(ops).list).toEqual(expected)
  })

  it('tell of each unit where it did what, after how much text, and in how long a text', () => {
    const { runs } = runsOf([
      [INSERT, 5, 3],
      [DELETE, 7, 1],
      [DELETE, 6, 1],
      [NOTHING, 0, 1],
      [DELETE, 2, 2],
    ])
    const units = Array.from({ length: 8 }, (_, unit) => {
      const run = runs.runAt(unit)
      return [runs.positionOf(run, unit), runs.contentBefore(run, unit), runs.lengthBefore(unit)]
    })
    expect(units).toEqual([
      [5, 0, 100],
      [6, 1, 101],
      [7, 2, 102],
      [7, 3, 103],
      [6, 3, 102],
      [0, 3, 101],
      [2, 3, 101],
      [2, 3, 100],
    ])
    expect(new OpRuns(7).lengthBefore(0)).toBe(7)
  })

  it('remember who deleted the second half of a pair, and join no backspaces behind it', () => {
    const runs = new OpRuns(10)
    runs.append(DELETE, 4, 2, 10, false)
    runs.noteTails(0, [1])
    runs.append(DELETE, 3, 1, 8, true)
    expect([runs.count, runs.isTail(0), runs.isTail(1), runs.isTail(2)]).toEqual([2, false, true, false])
  })

  it('keep what does not follow apart', () => {
    const runs = new OpRuns(0)
    runs.append(INSERT, 0, 1, 0, false)
    runs.append(INSERT, 1, 1, 1, false)
    expect(runs.count).toBe(2)
  })
})
