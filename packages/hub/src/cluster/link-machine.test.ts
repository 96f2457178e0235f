import { describe, expect, it } from 'vitest'
import { DEFAULT_LINK_TIMES, LinkMachine, type LinkStep } from './link-machine.js'

const { probeEveryMs, echoWithinMs, openWithinMs } = DEFAULT_LINK_TIMES

function machine(): LinkMachine {
  return new LinkMachine(DEFAULT_LINK_TIMES, () => 0)
}

function kinds({ actions }: LinkStep): string[] {
  return actions.map(({ kind }) => kind)
}

function proven(): LinkMachine {
  const made = machine()
  made.start()
  made.opened()
  expect(kinds(made.echoed(1))).toEqual(['proven'])
  return made
}

describe('a link', () => {
  it('is proven by a probe that comes back, not by a connection', () => {
    const link = machine()
    expect(link.start()).toEqual({ actions: [{ kind: 'open' }], wakeAfterMs: openWithinMs })
    expect(link.opened()).toEqual({ actions: [{ kind: 'probe', number: 1 }], wakeAfterMs: echoWithinMs })
    expect(link.isProven).toBe(false)
    expect(link.echoed(1)).toEqual({ actions: [{ kind: 'proven' }], wakeAfterMs: probeEveryMs })
    expect(link.isProven).toBe(true)
  })

  it('proves itself again and again, and says so once', () => {
    const link = proven()
    for (let number = 2; number < 5; number++) {
      expect(link.woke(0)).toEqual({ actions: [{ kind: 'probe', number }], wakeAfterMs: echoWithinMs })
      expect(link.echoed(number)).toEqual({ actions: [], wakeAfterMs: probeEveryMs })
    }
  })

  it('is lost when a probe does not come back, is dropped, and made anew at once', () => {
    const link = proven()
    link.woke(0)
    expect(link.woke(0)).toEqual({ actions: [{ kind: 'drop' }, { kind: 'lost' }], wakeAfterMs: 0 })
    expect(link.isProven).toBe(false)
    expect(kinds(link.woke(0))).toEqual(['open'])
    expect(kinds(link.opened())).toEqual(['probe'])
    expect(kinds(link.echoed(3))).toEqual(['proven'])
  })

  it('does not take an old echo for a new one', () => {
    const link = proven()
    link.woke(0)
    expect(link.echoed(1)).toEqual({ actions: [] })
    expect(kinds(link.woke(0))).toEqual(['drop', 'lost'])
    expect(link.echoed(2)).toEqual({ actions: [] })
    expect(link.isProven).toBe(false)
  })

  it('that comes back without its subscriptions never counts as proven', () => {
    const link = proven()
    expect(kinds(link.failed())).toEqual(['drop', 'lost'])
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(kinds(link.woke(0))).toEqual(['open'])
      expect(kinds(link.opened())).toEqual(['probe'])
      expect(kinds(link.woke(0))).toEqual(['drop'])
    }
    expect(link.isProven).toBe(false)
  })

  it('waits longer between attempts, up to 2 s, and says once that it is lost', () => {
    const link = machine()
    link.start()
    const waits = Array.from({ length: 12 }, () => {
      const { actions, wakeAfterMs } = link.failed()
      link.woke(0)
      return [actions.some(({ kind }) => kind === 'lost'), wakeAfterMs]
    })
    expect(waits.map(([isTold]) => isTold)).toEqual([true, ...Array<boolean>(11).fill(false)])
    const full = new LinkMachine(DEFAULT_LINK_TIMES, () => 1)
    full.start()
    const longest = Array.from({ length: 12 }, () => {
      const { wakeAfterMs } = full.failed()
      full.woke(0)
      return wakeAfterMs
    })
    expect(longest).toEqual([0, 50, 100, 200, 400, 800, 1600, 2000, 2000, 2000, 2000, 2000])
    expect(waits.map(([, wakeAfterMs]) => wakeAfterMs)).toEqual(longest.map((ms) => (ms ?? 0) / 2))
  })

  it('that does not open in time is tried again', () => {
    const link = machine()
    link.start()
    expect(kinds(link.woke(0))).toEqual(['drop', 'lost'])
    expect(kinds(link.opened())).toEqual([])
    expect(kinds(link.woke(0))).toEqual(['open'])
  })

  it('gives a probe another chance, once, when the process itself stood still', () => {
    const link = proven()
    link.woke(0)
    expect(link.woke(5_000)).toEqual({ actions: [], wakeAfterMs: echoWithinMs })
    expect(kinds(link.echoed(2))).toEqual([])
    link.woke(0)
    expect(kinds(link.woke(5_000))).toEqual([])
    expect(kinds(link.woke(5_000))).toEqual(['drop', 'lost'])
  })

  it('passes over what is told while nothing is open', () => {
    const link = proven()
    link.failed()
    expect([link.failed(), link.opened(), link.echoed(1)]).toEqual(Array(3).fill({ actions: [] }))
  })
})
