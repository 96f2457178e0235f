import { describe, expect, it } from 'vitest'
import type { History, HistoryEvent } from './evidence.js'
import { measureLag, type Lag } from './measure-lag.js'
import type { TimeSpan } from './time-spans.js'

const stream = 'log:0'
const up: HistoryEvent = { kind: 'link', isUp: true, atMs: 0 }
const see = (atMs: number, ...known: number[]): HistoryEvent => ({ kind: 'see', stream, known, atMs })

/** Author 0 was told at 1000 that its edit is durable. */
function lagOf(events: readonly HistoryEvent[], obstacles: readonly TimeSpan[] = []): Lag {
  const histories: History[] = [{ author: 1, events: [up, see(500, 0, 1), ...events] }]
  const receipts = [{ author: 0, stream, n: 1, seq: 1, atMs: 1_000 }]
  return measureLag({ histories, receipts, obstacles: new Map([[1, obstacles]]), startMs: 0, endMs: 20_000 })
}

describe('measureLag', () => {
  it('is the time from the acknowledgement until the edit is shown', () => {
    expect(lagOf([see(1_250, 1, 1)])).toMatchObject({ longestMs: 250, longestAwayMs: 0 })
    expect(lagOf([see(900, 1, 1)]).longestMs).toBe(0)
  })

  it('runs to the end when it is never shown', () => {
    expect(lagOf([])).toMatchObject({
      longestMs: 19_000,
      where: 'author 1 lacked [0.1] of log:0, acknowledged 1.0 s into the run',
    })
  })

  it('does not count while something is in the way, and begins anew after it', () => {
    const obstacles = [
      { fromMs: 1_500, toMs: 6_000 },
      { fromMs: 6_100, toMs: 7_000 },
    ]
    expect(lagOf([see(9_000, 1, 1)], obstacles).longestMs).toBe(2_000)
    expect(lagOf([see(6_050, 1, 1)], obstacles).longestMs).toBe(500)
    expect(lagOf([see(9_000, 1, 1)], obstacles).watchedShare).toBe((20_000 - 4_500 - 900) / 20_000)
  })

  it('counts the time without a hub for itself', () => {
    const away: HistoryEvent[] = [
      { kind: 'link', isUp: false, atMs: 1_100 },
      { kind: 'link', isUp: true, atMs: 9_100 },
    ]
    expect(lagOf([...away, see(9_400, 1, 1)])).toMatchObject({ longestMs: 300, longestAwayMs: 8_000 })
    const obstacles = [{ fromMs: 1_050, toMs: 4_100 }]
    expect(lagOf([...away, see(9_400, 1, 1)], obstacles)).toMatchObject({
      longestMs: 300,
      longestAwayMs: 5_000,
    })
  })
})
