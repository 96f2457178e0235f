import { expect, it } from 'vitest'
import { gatherWrites } from './socket-turn.js'

it('corks once a turn, and lets go when the turn is over', async () => {
  const calls: string[] = []
  const gather = gatherWrites({ cork: () => calls.push('cork'), uncork: () => calls.push('uncork') })
  gather()
  await Promise.resolve()
  gather()
  gather()
  expect(calls).toEqual(['cork'])
  await new Promise((resolve) => setImmediate(resolve))
  expect(calls).toEqual(['cork', 'uncork'])
  gather()
  await new Promise((resolve) => setImmediate(resolve))
  expect(calls).toEqual(['cork', 'uncork', 'cork', 'uncork'])
})
