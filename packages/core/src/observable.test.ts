import { describe, expect, it } from 'vitest'
import { Listeners, Notifier, type Emitter } from './observable.js'
import { settle, VirtualSystem } from './tests/virtual-system.js'

describe('Listeners', () => {
  it('calls in order, a function as often as it was added, and not those that were removed', () => {
    const listeners = new Listeners<[string]>()
    const calls: string[] = []
    const first = (text: string): void => void calls.push(`first ${text}`)
    const stop = listeners.add(first)
    listeners.add((text) => calls.push(`second ${text}`))
    listeners.add(first)
    listeners.emit('a')
    stop()
    stop()
    listeners.emit('b')
    expect(calls).toEqual(['first a', 'second a', 'first a', 'second b', 'first b'])
    expect(listeners.size).toBe(2)
  })

  it('may be changed while they are called', () => {
    const listeners = new Listeners()
    let calls = 0
    const stop = listeners.add(() => {
      stop()
      listeners.add(() => calls++)
    })
    listeners.emit()
    expect(calls).toBe(0)
    listeners.emit()
    expect(calls).toBe(1)
  })
})

describe('Notifier', () => {
  function setUp() {
    const system = new VirtualSystem()
    const notifier = new Notifier(system)
    const calls: number[] = []
    const emitter: Emitter = { emit: () => calls.push(system.nowMs()) }
    return { system, notifier, calls, emitter }
  }

  it('tells the first change at once and the next ones together, a frame later', async () => {
    const { system, notifier, calls, emitter } = setUp()
    const start = system.nowMs()
    for (let change = 0; change < 10; change++) notifier.soon(emitter)
    expect(calls).toEqual([])
    await settle()
    expect(calls).toEqual([start])
    for (let ms = 0; ms < 32; ms += 2) {
      notifier.soon(emitter)
      await system.advance(2)
    }
    expect(calls.map((at) => at - start)).toEqual([0, 16, 32])
  })

  it('tells changes by the user without a wait, and once', async () => {
    const { notifier, calls, emitter } = setUp()
    notifier.soon(emitter)
    notifier.now(emitter)
    expect(calls).toHaveLength(1)
    await settle()
    expect(calls).toHaveLength(1)
  })

  it('is not silenced by a clock that was set back', async () => {
    const { system, notifier, calls, emitter } = setUp()
    notifier.soon(emitter)
    await settle()
    const { nowMs } = system
    system.nowMs = () => nowMs() - 1e9
    notifier.soon(emitter)
    await settle()
    expect(calls).toHaveLength(2)
  })

  it('leaves no timer behind when it is flushed', async () => {
    const { system, notifier, calls, emitter } = setUp()
    notifier.soon(emitter)
    await settle()
    notifier.soon(emitter)
    expect(system.timerCount).toBe(1)
    notifier.flush()
    expect([system.timerCount, calls.length]).toEqual([0, 2])
  })
})
