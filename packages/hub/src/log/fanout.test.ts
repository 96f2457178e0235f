import { decodeHubMessage, type Feed } from '@flowsync/protocol'
import { describe, expect, it } from 'vitest'
import { put, replica, streams } from '../tests/engine-world.js'
import { ManualSystem } from '../tests/manual-system.js'
import { Fanout } from './fanout.js'
import type { OpenStream } from './open-stream.js'

function world() {
  const system = new ManualSystem()
  const feeds: Feed[] = []
  const fanout = new Fanout(
    { publish: (_w, _s, frame) => feeds.push(decodeHubMessage(frame) as Feed) },
    system,
    4,
  )
  const stream = (name: string): OpenStream => ({
    key: { workspace: 'acme', stream: name },
    rule: streams.ruleFor(name),
    epoch: 'aaaaaaaaaaaaaaaa',
    headSeq: 0,
    floorSeq: 0,
    checkedAtMs: 0,
    toldSeq: 0,
    wasRenewed: false,
    snapshotSeq: undefined,
    snapshotBytes: 0,
    tailFrom: 0,
    tailBytes: 0,
    opBytes: 0,
  })
  const ops = (from: number, through: number, text = 'x') =>
    Array.from({ length: through - from + 1 }, (_, i) => ({
      ...put(replica(1), from + i, text),
      seq: from + i,
    }))
  const told = () => feeds.map((feed) => [feed.stream, ...feed.ops.map(({ seq }) => seq)])
  return { system, fanout, feeds, told, stream, ops }
}

describe('fan-out', () => {
  it('tells the first op at once and the rest of a burst in one frame a window', async () => {
    const { system, fanout, told, stream, ops } = world()
    const note = stream('note:a')
    for (let seq = 1; seq <= 5; seq++) fanout.publish(note, note.epoch, ops(seq, seq))
    expect(told()).toEqual([['note:a', 1]])
    await system.advance(4)
    expect(told().slice(1)).toEqual([['note:a', 2, 3, 4, 5]])
    fanout.publish(note, note.epoch, ops(6, 6))
    expect(told()).toHaveLength(2)
    await system.advance(4)
    expect(told().slice(2)).toEqual([['note:a', 6]])
    await system.advance(100)
    expect(told()).toHaveLength(3)
    expect(system.timerCount).toBe(0)
    fanout.publish(note, note.epoch, ops(7, 7))
    expect(told().slice(3), 'an idle stream waits for nothing').toEqual([['note:a', 7]])
  })

  it('does not let one stream wait for another', () => {
    const { fanout, told, stream, ops } = world()
    const [one, two] = [stream('note:a'), stream('note:b')]
    fanout.publish(one, one.epoch, ops(1, 1))
    fanout.publish(two, two.epoch, ops(1, 2))
    expect(told()).toEqual([
      ['note:a', 1],
      ['note:b', 1, 2],
    ])
  })

  it('never puts a gap into a frame, nor more than a frame holds', async () => {
    const { system, fanout, told, stream, ops } = world()
    const note = stream('note:a')
    fanout.publish(note, note.epoch, ops(1, 1))
    fanout.publish(note, note.epoch, ops(2, 3))
    fanout.publish(note, note.epoch, ops(7, 8))
    fanout.publish(note, note.epoch, ops(9, 10, 'x'.repeat(200_000)))
    await system.advance(4)
    expect(told().slice(1)).toEqual([
      ['note:a', 2, 3],
      ['note:a', 7, 8, 9],
      ['note:a', 10],
    ])
  })

  it('sends a full frame at once, and gathers on', async () => {
    const { system, fanout, told, stream, ops } = world()
    const note = stream('note:a')
    fanout.publish(note, note.epoch, ops(1, 1))
    for (let seq = 2; seq <= 7; seq++) fanout.publish(note, note.epoch, ops(seq, seq, 'x'.repeat(100_000)))
    expect(told()).toEqual([
      ['note:a', 1],
      ['note:a', 2, 3],
      ['note:a', 4],
      ['note:a', 5, 6],
      ['note:a', 7],
    ])
    await system.advance(4)
    expect(told()).toHaveLength(5)
  })

  it('keeps epochs apart', async () => {
    const { system, fanout, feeds, stream, ops } = world()
    const note = stream('note:a')
    fanout.publish(note, 'aaaaaaaaaaaaaaaa', ops(1, 1))
    fanout.publish(note, 'aaaaaaaaaaaaaaaa', ops(2, 2))
    fanout.publish(note, 'bbbbbbbbbbbbbbbb', ops(3, 3))
    await system.advance(4)
    expect(feeds.map(({ epoch, ops: [op] }) => [epoch[0], op?.seq]).sort()).toEqual([
      ['a', 1],
      ['a', 2],
      ['b', 3],
    ])
  })
})
