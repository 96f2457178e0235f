import fc from 'fast-check'
import { expect, it } from 'vitest'
import { map } from '../map.js'
import type { MapIntent } from '../map.js'
import { createUndoSession } from '../tests/undo-session.js'

const keys = ['a', 'b', 'c']

const step = fc.record({
  do: fc.constantFrom('own', 'own', 'other', 'undo', 'undo', 'redo'),
  key: fc.constantFrom(...keys),
  value: fc.option(fc.nat(2), { nil: undefined }),
  pauses: fc.boolean(),
})

const intentOf = (key: string, value: number | undefined): MapIntent<number> =>
  value === undefined ? { op: 'delete', key } : { op: 'set', key, value }

it('undo and redo of a map touch only keys that this client wrote last', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { own, other, sync } = createUndoSession(map<number>(), { captureMs: 500 })
      const writers = new Map<string, 'own' | 'other'>()
      for (const { do: kind, key, value, pauses } of steps) {
        if (pauses) own.nowMs += 500
        const before = own.value
        if (kind === 'own' || kind === 'other') {
          const client = kind === 'own' ? own : other
          const isWritten = value !== undefined || Object.hasOwn(before, key)
          client.edit(intentOf(key, value))
          if (isWritten) writers.set(key, kind)
        } else {
          own[kind]()
          for (const each of keys) if (before[each] !== own.value[each]) expect(writers.get(each)).toBe('own')
        }
        sync()
      }
      expect(other.value).toEqual(own.value)
    }),
    { numRuns: 1000 },
  )
})

it('undo of all own edits of a map, and redo of them, leaves it as it was when nobody else writes', () => {
  const edit = fc.record({
    key: step.map(({ key }) => key),
    value: step.map(({ value }) => value),
    pauses: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 20 }), (edits) => {
      const { own } = createUndoSession(map<number>(), { captureMs: 500 })
      const start = own.value
      for (const { key, value, pauses } of edits) {
        if (pauses) own.nowMs += 500
        own.edit(intentOf(key, value))
      }
      const end = own.value
      while (own.undo());
      expect(own.value).toEqual(start)
      while (own.redo());
      expect(own.value).toEqual(end)
    }),
    { numRuns: 500 },
  )
})
