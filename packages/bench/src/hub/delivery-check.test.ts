import { expect, it } from 'vitest'
import { DeliveryCheck } from './delivery-check.js'

it('counts deliveries and knows how far the slowest is', () => {
  const check = new DeliveryCheck(3)
  check.receive(0, 1, 5)
  check.receive(1, 1, 2)
  expect(check.reachedByAll).toBe(0)
  check.receive(2, 1, 3)
  expect(check.reachedByAll).toBe(2)
  check.receive(1, 3, 3)
  expect(check.reachedByAll).toBe(3)
  check.receive(1, 4, 9)
  check.receive(2, 4, 5)
  expect(check.reachedByAll).toBe(5)
  expect(check.delivered).toBe(5 + 9 + 5)
  expect(check.missing(9)).toBe(4 + 0 + 4)
  expect(check.failure).toBeUndefined()
})

it.each([
  ['lost', 4, 4],
  ['repeated', 2, 3],
  ['repeated', 1, 2],
])('tells of %s deliveries, and does not count them', (what, first, through) => {
  const check = new DeliveryCheck(1)
  check.receive(0, 1, 2)
  check.receive(0, first, through)
  expect(check.failure?.message).toContain(what)
  expect(check.delivered).toBe(2)
  expect(check.reachedByAll).toBe(2)
})
