import { describe, expect, it } from 'vitest'
import { Bus } from './bus.js'
import { Process } from './process.js'
import { createRandom } from './random.js'
import { Scheduler } from './scheduler.js'

function createBus() {
  const scheduler = new Scheduler((error) => {
    throw error
  })
  const random = createRandom('bus')
  const heard: string[] = []
  const member = (name: string) => ({ send: (frame: Uint8Array) => void heard.push(`${name} ${frame[0]}`) })
  return { scheduler, bus: new Bus(random), hub: new Process('hub', scheduler, random), heard, member }
}

describe('Bus', () => {
  it('publishes to the members of a room, and to nobody else', async () => {
    const { scheduler, bus, hub, heard, member } = createBus()
    const [a, b, c] = ['a', 'b', 'c'].map(member)
    if (!a || !b || !c) throw new Error('no members')
    bus.join('one', a)
    bus.join('one', b)
    bus.join('two', c)
    bus.leave('one', b)
    bus.publish(hub, 'one', Uint8Array.of(1))
    await scheduler.runUntil(10)
    expect(heard).toEqual(['a 1'])
    bus.leaveAll(a)
    bus.publish(hub, 'one', Uint8Array.of(2))
    await scheduler.runUntil(20)
    expect(heard).toEqual(['a 1'])
  })

  it('loses, delays and repeats what it is told to', async () => {
    const { scheduler, bus, hub, heard, member } = createBus()
    bus.join('one', member('a'))
    bus.loss = 1
    bus.publish(hub, 'one', Uint8Array.of(1))
    await scheduler.runUntil(10)
    expect(heard).toEqual([])
    bus.loss = 0
    bus.delayMs = 100
    for (let value = 0; value < 50; value++) bus.publish(hub, 'one', Uint8Array.of(value))
    await scheduler.runUntil(200)
    expect(heard.length).toBeGreaterThan(50)
    expect(new Set(heard).size).toBe(50)
    expect(heard).not.toEqual([...heard].sort((x, y) => Number(x.slice(2)) - Number(y.slice(2))))
  })

  it('loses what is under way when it starts anew', async () => {
    const { scheduler, bus, hub, heard, member } = createBus()
    bus.join('one', member('a'))
    bus.delayMs = 100
    bus.publish(hub, 'one', Uint8Array.of(1))
    bus.restart(0)
    bus.publish(hub, 'one', Uint8Array.of(2))
    await scheduler.runUntil(200)
    expect(heard).toEqual(['a 2'])
  })
})
