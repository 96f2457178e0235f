import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RunList } from './run-list.js'
import type { Run } from './run-list.js'

type Value = 'a' | 'b' | 'c'
const values = fc.constantFrom<Value>('a', 'b', 'c')
const runs = fc.array(fc.record({ length: fc.nat(4), value: values }), { maxLength: 40 })
const step = fc.record({
  at: fc.nat(400),
  count: fc.oneof(fc.nat(6), fc.nat(400)),
  inserted: runs,
  isMap: fc.boolean(),
})
const isSame = (a: Value, b: Value) => a === b

/** Each unit's value. */
function unitsOf(list: readonly Run<Value>[]): Value[] {
  return list.flatMap(({ length, value }) => Array.from({ length }, () => value))
}

describe('a list of runs', () => {
  it('holds what an array would, and so do all lists before it', () => {
    fc.assert(
      fc.property(runs, fc.array(step, { maxLength: 30 }), (first, steps) => {
        let list = RunList.of(first, isSame)
        let units = unitsOf(first)
        const kept = [{ list, units }]
        for (const { at, count, inserted, isMap } of steps) {
          const position = at % (units.length + 1)
          const deleted = count % (units.length - position + 1)
          if (isMap) {
            const next = (value: Value): Value => (value === 'a' ? 'b' : value)
            list = list.map(position, position + deleted, next)
            units = units.map((value, index) =>
              index >= position && index < position + deleted ? next(value) : value,
            )
          } else {
            list = list.splice(position, deleted, inserted)
            units = units.toSpliced(position, deleted, ...unitsOf(inserted))
          }
          kept.push({ list, units })
        }
        for (const { list, units } of kept) {
          expect(list.length).toBe(units.length)
          expect(unitsOf(list.slice())).toEqual(units)
          expect([-1, 0, units.length - 1, units.length].map((at) => list.at(at))).toEqual(
            [-1, 0, units.length - 1, units.length].map((at) => units[at]),
          )
        }
      }),
      { numRuns: 300 },
    )
  })

  it('gives the runs of any part, the longest there are', () => {
    fc.assert(
      fc.property(runs, fc.nat(200), fc.nat(200), (first, from, count) => {
        const list = first.reduce(
          (made, run) => made.splice(made.length, 0, [run]),
          RunList.of<Value>([], isSame),
        )
        const part = list.slice(from, from + count)
        expect(unitsOf(part)).toEqual(unitsOf(first).slice(from, from + count))
        part.forEach(({ length, value }, index) => {
          expect(length).toBeGreaterThan(0)
          expect(value).not.toBe(part[index + 1]?.value)
        })
      }),
    )
  })

  it('is the same list when nothing was mapped to anything else', () => {
    const list = RunList.of(
      [
        { length: 3, value: 'a' },
        { length: 2, value: 'b' },
      ],
      isSame,
    )
    expect(list.map(0, 5, (value) => value)).toBe(list)
    expect(list.map(0, 3, () => 'c')).not.toBe(list)
  })
})
