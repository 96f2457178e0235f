import { expect, it } from 'vitest'
import { BucketTable } from './bucket-table.js'

it('gives every name a bucket of its own', () => {
  const table = new BucketTable({ perSecond: 10, burst: 2 })
  expect([table.take('ada', 0), table.take('ada', 0), table.take('ada', 0)]).toEqual([0, 0, 100])
  expect(table.take('bob', 0)).toBe(0)
  expect(table.take('ada', 100)).toBe(0)
})

it('forgets those that were longest not asked for', () => {
  const table = new BucketTable({ perSecond: 1, burst: 1 })
  for (const name of ['ada', 'bob']) expect(table.take(name, 0)).toBe(0)
  for (let i = 0; i < 19_998; i++) table.take(`other ${i}`, 0)
  expect(table.take('ada', 0), 'remembered, and asked for just now').toBe(1_000)
  table.take('one more', 0)
  expect(table.take('ada', 0)).toBe(1_000)
  expect(table.take('bob', 0), 'forgotten').toBe(0)
})
