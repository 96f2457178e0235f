import { describe, expect, it } from 'vitest'
import { gatherHandshake, gatherWrites } from './socket-turn.js'

const turnIsOver = () => new Promise((resolve) => setImmediate(resolve))

function recorded() {
  const calls: string[] = []
  return { calls, socket: { cork: () => calls.push('cork'), uncork: () => calls.push('uncork') } }
}

describe('gatherWrites', () => {
  it('corks once a turn, and lets go when the turn is over', async () => {
    const { calls, socket } = recorded()
    const gather = gatherWrites(socket)
    gather()
    await Promise.resolve()
    gather()
    gather()
    expect(calls).toEqual(['cork'])
    await turnIsOver()
    expect(calls).toEqual(['cork', 'uncork'])
    gather()
    await turnIsOver()
    expect(calls).toEqual(['cork', 'uncork', 'cork', 'uncork'])
  })
})

describe('gatherHandshake', () => {
  it('lets go behind what waits for a settled promise, and once', async () => {
    const { calls, socket } = recorded()
    gatherHandshake(socket)
    const greet = async () => {
      await Promise.resolve()
      calls.push('greeting')
    }
    await greet()
    await turnIsOver()
    expect(calls).toEqual(['cork', 'greeting', 'uncork'])
  })
})
