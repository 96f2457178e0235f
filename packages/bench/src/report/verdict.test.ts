import { describe, expect, it } from 'vitest'
import { judge, ratio, type Measured, type Target } from './verdict.js'

const peers: Record<string, Measured> = { slow: { hot: 100, first: 200 }, broken: {} }
const judged = (target: Target, own: Measured | undefined) => judge(target, own, (name) => peers[name])

describe('judge', () => {
  it.each([
    [{ atMost: 10 }, { hot: 10 }, 'met', 10],
    [{ atMost: 10 }, { hot: 13 }, 'tie', 13],
    [{ atMost: 10 }, { hot: 13.1 }, 'missed', 13.1],
    [{ ratio: 0.5, to: 'slow' }, { hot: 50 }, 'met', 0.5],
    [{ ratio: 0.5, to: 'slow' }, { hot: 65 }, 'tie', 0.65],
    [{ ratio: 0.5, to: 'slow' }, { hot: 66 }, 'missed', 0.66],
    [{ atLeast: 13 }, { hot: 13 }, 'met', 13],
    [{ atLeast: 13 }, { hot: 10 }, 'tie', 10],
    [{ atLeast: 13 }, { hot: 9.9 }, 'missed', 9.9],
    [{ ratio: 0.6, to: 'slow', orMore: true }, { hot: 61 }, 'met', 0.61],
    [{ ratio: 0.6, to: 'slow', orMore: true }, { hot: 40 }, 'missed', 0.4],
  ] as const)('%j with %j is %s', (target, own, verdict, reached) => {
    expect(judged(target, own)).toMatchObject({ verdict, reached })
  })

  it('compares first runs with first runs', () => {
    const own = { hot: 1, first: 150 }
    expect(judged({ ratio: 1, to: 'slow', of: 'first' }, own)).toMatchObject({
      verdict: 'met',
      reached: 0.75,
    })
    expect(judged({ atMost: 100, of: 'first' }, own)).toMatchObject({ verdict: 'missed', reached: 150 })
  })

  it('knows nothing where a figure is missing, and says what was wanted', () => {
    const unknown = { verdict: 'unknown', isAtLeast: false }
    expect(judged({ atMost: 10 }, undefined)).toEqual({ ...unknown, wanted: 10 })
    expect(judged({ ratio: 0.5, to: 'broken' }, { hot: 1 })).toEqual({ ...unknown, wanted: 0.5 })
    expect(judged({ ratio: 0.5, to: 'absent' }, { hot: 1 })).toEqual({ ...unknown, wanted: 0.5 })
    expect(judged({ atMost: 10, of: 'first' }, { hot: 1 })).toEqual({ ...unknown, wanted: 10 })
  })
})

describe('ratio', () => {
  it('is undefined rather than infinite', () => {
    expect(ratio(1, 4)).toBe(0.25)
    expect(ratio(1, 0)).toBeUndefined()
    expect(ratio(undefined, 1)).toBeUndefined()
  })
})
