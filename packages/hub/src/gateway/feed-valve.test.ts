import { describe, expect, it } from 'vitest'
import { FeedValve } from './feed-valve.js'
import { settle } from '../tests/manual-system.js'

function world() {
  const events: string[] = []
  const valve = new FeedValve(1_000, {
    onShut: () => events.push('shut'),
    onOpen: () => events.push('open'),
  })
  return { valve, events }
}

describe('the valve of a feed', () => {
  it('shuts above the limit, and opens when a quarter of it is left', () => {
    const { valve, events } = world()
    for (const [bytes, isOpen] of [
      [0, true],
      [1_000, true],
      [1_001, false],
      [5_000, false],
      [1_000, false],
      [251, false],
      [250, true],
      [1_000, true],
    ] as const) {
      valve.note(bytes, 'fed')
      expect([bytes, valve.isOpen]).toEqual([bytes, isOpen])
    }
    expect(events).toEqual(['shut', 'open'])
  })

  it('lets nobody through while it is shut', async () => {
    const { valve } = world()
    const passed: string[] = []
    void valve.mayAnswer().then(() => passed.push('first'))
    await settle()
    expect(passed).toEqual(['first'])
    valve.note(2_000, 'fed')
    void valve.mayAnswer().then(() => passed.push('second'))
    await settle()
    expect(passed).toEqual(['first'])
    // Shut again before those who wait have had their turn: they wait on.
    valve.note(0, 'read')
    valve.note(2_000, 'fed')
    await settle()
    expect(passed).toEqual(['first'])
    valve.note(0, 'read')
    await settle()
    expect(passed).toEqual(['first', 'second'])
  })

  it('is not shut by answers, which wait for each other', async () => {
    const { valve, events } = world()
    valve.note(5_000, 'answered')
    let mayAnswer = false
    void valve.mayAnswer().then(() => (mayAnswer = true))
    valve.note(2_000, 'read')
    await settle()
    expect([valve.isOpen, mayAnswer]).toEqual([true, false])
    valve.note(1_000, 'read')
    await settle()
    expect([valve.isOpen, mayAnswer]).toEqual([true, true])
    valve.note(5_000, 'answered')
    valve.note(5_100, 'fed')
    expect(events).toEqual(['shut'])
  })

  it('lets everybody go when it is disposed of', async () => {
    const { valve, events } = world()
    valve.note(2_000, 'fed')
    const answering = valve.mayAnswer()
    valve.dispose()
    await answering
    expect(events).toEqual(['shut'])
  })
})
