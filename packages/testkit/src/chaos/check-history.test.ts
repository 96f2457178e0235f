import { describe, expect, it } from 'vitest'
import { checkHistories } from './check-history.js'
import type { Batch, History, HistoryEvent } from './evidence.js'

const stream = 'log:0'
let clock = 0
const make = (n: number, known: readonly number[]): HistoryEvent => ({
  kind: 'make',
  stream,
  n,
  known,
  atMs: clock++,
})
const see = (...known: number[]): HistoryEvent => ({ kind: 'see', stream, known, atMs: clock++ })

/** Author 0 writes twice; author 1 answers to the first; author 2 reads, and author 3 pushes two at once. */
function goodRun(): [History, History, History, History] {
  return [
    {
      author: 0,
      events: [
        make(1, [0, 0, 0, 0]),
        see(1, 0, 0, 0),
        make(2, [1, 0, 0, 0]),
        see(2, 0, 0, 0),
        see(2, 1, 0, 2),
      ],
    },
    { author: 1, events: [see(1, 0, 0, 0), make(1, [1, 0, 0, 0]), see(1, 1, 0, 0), see(2, 1, 0, 2)] },
    {
      author: 2,
      events: [{ kind: 'link', isUp: true, atMs: 0 }, see(1, 0, 0, 0), see(1, 1, 0, 0), see(2, 1, 0, 2)],
    },
    { author: 3, events: [make(1, [0, 0, 0, 0]), make(2, [0, 0, 0, 0])] },
  ]
}

const batches: readonly Batch[] = [{ author: 3, stream, from: 1, through: 2 }]

/** The good run, with something else in the history of one author. */
function mutated(
  author: 0 | 1 | 2,
  events: (events: readonly HistoryEvent[]) => readonly HistoryEvent[],
): string[] {
  const run = goodRun()
  run[author] = { author, events: events(run[author].events) }
  return checkHistories(run, batches)
}

describe('checkHistories', () => {
  it('has nothing against a good run', () => {
    expect(checkHistories(goodRun(), batches)).toEqual([])
  })

  it('finds an own edit that is not shown', () => {
    expect(mutated(0, (events) => [...events.slice(0, 3), see(1, 1, 0, 0)])).toEqual([
      'G6: author 0: read your writes: log:0 shows 1 of 2 own edits',
    ])
  })

  it('finds an edit that was seen and is gone', () => {
    expect(mutated(2, (events) => [...events, see(2, 0, 0, 2)])).toEqual([
      'G6: author 2: monotonic reads: log:0 showed [1.1] and shows [1.0]',
    ])
  })

  it('finds an answer without what it answers to', () => {
    expect(mutated(2, () => [see(0, 1, 0, 0)])).toEqual([
      'G6: author 2: causal order: log:0 shows [1.1] without [0.1], which its author had seen',
    ])
  })

  it('finds half of a batch', () => {
    expect(mutated(2, (events) => [...events.slice(0, 3), see(1, 1, 0, 1), see(2, 1, 0, 2)])).toEqual([
      'G6: author 2: batches: log:0 shows [3.1] without what was pushed with it',
    ])
  })

  it('finds what nobody made', () => {
    expect(mutated(2, (events) => [...events, see(3, 1, 0, 2)])).toEqual([
      'G6: author 2: nothing made up: log:0 shows [0.3], which nobody made',
    ])
  })

  it('tells a thing that goes on for ever three times', () => {
    const flicker = Array.from({ length: 10 }, (_, time) => see(2 - (time % 2), 1, 0, 2))
    expect(mutated(2, (events) => [...events, ...flicker])).toHaveLength(3)
  })
})
