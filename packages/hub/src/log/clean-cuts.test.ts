import type { SequencedOp } from '@flowsync/crdt'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { put, replica } from '../tests/engine-world.js'
import { CleanCuts } from './clean-cuts.js'

const SETTLE_MS = 100

function opAt(seq: number, base: number): SequencedOp {
  return { ...put(replica(1), 1, 'x', base), seq }
}

describe('clean cuts', () => {
  it('are where the log was when nothing was on its way', () => {
    const cuts = new CleanCuts(SETTLE_MS, 0, 0)
    cuts.note([opAt(1, 0), opAt(2, 1)], 10)
    expect(cuts.latest(99)).toBeUndefined()
    expect(cuts.latest(100)).toBe(0)
    expect(cuts.latest(110)).toBe(2)
  })

  it('are spoilt by ops that were made before them', () => {
    const cuts = new CleanCuts(SETTLE_MS, 0, 0)
    for (let seq = 1; seq <= 50; seq++) cuts.note([opAt(seq, Math.max(0, seq - 4))], seq * 10)
    expect(cuts.latest(1_000), 'a writer that never waits leaves only the place where it ended').toBe(50)
    cuts.note([opAt(51, 48)], 2_000)
    expect(cuts.latest(2_050), 'the beginning is always clean').toBe(0)
    expect(cuts.latest(2_100)).toBe(51)
  })

  it('survive ops that are made after them', () => {
    const cuts = new CleanCuts(SETTLE_MS, 7, 0)
    for (let seq = 8; seq <= 60; seq++) cuts.note([opAt(seq, seq - 1)], seq * 10)
    const latest = cuts.latest(610) ?? 0
    expect(latest).toBeGreaterThan(40)
    expect(latest).toBeLessThan(52)
  })

  it('leave ops behind a gap alone until what another hub appended was noted', () => {
    const cuts = new CleanCuts(SETTLE_MS, 0, 0)
    cuts.note([opAt(1, 0)], 0)
    cuts.note([opAt(5, 4)], 200)
    expect(cuts.lastSeq).toBe(1)
    cuts.note([opAt(1, 0), opAt(2, 0), opAt(3, 2), opAt(4, 2), opAt(5, 4)], 210)
    expect(cuts.lastSeq).toBe(5)
    expect(cuts.latest(309), 'an op was made before 1').toBeUndefined()
    expect(cuts.latest(310)).toBe(5)
  })

  it('tell which place has stayed clean longest', () => {
    const cuts = new CleanCuts(SETTLE_MS, 0, 0)
    cuts.note([opAt(1, 0), opAt(2, 1)], 110)
    cuts.note([opAt(3, 2), opAt(4, 2)], 150)
    expect(cuts.likeliest(160)).toBe(1)
    expect(cuts.likeliest(215)).toBe(4)
    expect(cuts.likeliest(250)).toBeUndefined()
  })

  it('find a moment at which nothing was on its way among many that write without pause', () => {
    const cuts = new CleanCuts(SETTLE_MS, 0, 0)
    // Three in flight at all times, but for one moment after the 500th.
    for (let seq = 1; seq <= 3_000; seq++) {
      const base = seq > 500 && seq <= 503 ? 500 : Math.max(0, seq - 4)
      cuts.note([opAt(seq, base)], seq)
    }
    expect(cuts.latest(3_000)).toBe(500)
  })

  it('are clean: no later op was made before them, and settled', () => {
    const step = fc.record({ lag: fc.nat(6), waitMs: fc.nat(80), ops: fc.integer({ min: 1, max: 3 }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const cuts = new CleanCuts(SETTLE_MS, 0, 0)
        const log: SequencedOp[] = []
        const endedAt = new Map([[0, 0]])
        let nowMs = 0
        for (const { lag, waitMs, ops } of steps) {
          nowMs += waitMs
          const batch = Array.from({ length: ops }, (_, index) =>
            opAt(log.length + 1 + index, Math.max(0, log.length - lag)),
          )
          log.push(...batch)
          cuts.note(batch, nowMs)
          endedAt.set(log.length, nowMs)
          const cut = cuts.latest(nowMs)
          if (cut === undefined) continue
          expect(log.slice(cut).every(({ base }) => base >= cut)).toBe(true)
          expect(nowMs - (endedAt.get(cut) ?? nowMs)).toBeGreaterThanOrEqual(SETTLE_MS)
        }
        expect(cuts.latest(nowMs + SETTLE_MS)).toBe(log.length)
      }),
    )
  })
})
