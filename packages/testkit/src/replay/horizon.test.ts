import type { Connection, Transport, TransportHandlers } from '@flowsync/core'
import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import { decodeHubMessage, encodeClientMessage, encodeHubMessage, type HubMessage } from '@flowsync/protocol'
import { describe, expect, it } from 'vitest'
import { Horizon } from './horizon.js'

const epoch = '0123456789abcdef'
const stream = 'doc:session'
const replica = 'a'.repeat(32) as ReplicaId

const ops = (from: number, to: number): SequencedOp[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    seq: from + index,
    replica,
    counter: from + index,
    count: 1,
    base: 0,
    extra: [],
    body: Uint8Array.of(1),
  }))

/** A client behind a horizon, and what it is shown. */
function createClient() {
  const horizon = new Horizon()
  let hub: TransportHandlers | undefined
  const inner: Transport = {
    connect: (_target, handlers): Connection => {
      hub = handlers
      return { send: () => undefined, close: () => undefined }
    },
  }
  const shown: HubMessage[] = []
  const connection = horizon.wrap(inner).connect(
    { url: 'http://hub.test', workspace: 'w' },
    {
      onOpen: () => undefined,
      onFrame: (frame) => shown.push(decodeHubMessage(frame)),
      onClose: () => undefined,
    },
  )
  hub?.onOpen()
  const subscribe = (seq: number) =>
    connection.send(
      encodeClientMessage({
        type: 'subscribe',
        id: 1,
        streams: [{ stream, rule: 'text', ruleVersion: 1, epoch, seq, outbox: [], rebuildBelow: undefined }],
      }),
    )
  const seqs = () =>
    shown.splice(0).flatMap((message) => ('ops' in message ? message.ops.map(({ seq }) => seq) : []))
  return {
    horizon,
    subscribe,
    seqs,
    shown,
    say: (message: HubMessage) => hub?.onFrame(encodeHubMessage(message)),
  }
}

describe('Horizon', () => {
  it('holds back what lies beyond it, and shows it when it moves', async () => {
    const { horizon, say, seqs } = createClient()
    horizon.moveTo(2)
    say({ type: 'feed', stream, epoch, ops: ops(1, 5) })
    expect(seqs()).toEqual([1, 2])
    await horizon.whenShown()
    horizon.moveTo(4)
    expect(seqs()).toEqual([3, 4])
    horizon.moveTo(3)
    expect(seqs()).toEqual([])
    horizon.moveTo(Number.POSITIVE_INFINITY)
    expect(seqs()).toEqual([5])
  })

  it('makes the log end at the horizon in every answer', () => {
    const { horizon, say, shown } = createClient()
    horizon.moveTo(2)
    say({ type: 'pulled', id: 1, stream, epoch, headSeq: 9, ops: ops(1, 9) })
    expect(shown).toMatchObject([{ type: 'pulled', headSeq: 2, ops: [{ seq: 1 }, { seq: 2 }] }])
  })

  it('resolves only when the client has everything up to the horizon', async () => {
    const { horizon, say, subscribe } = createClient()
    subscribe(3)
    horizon.moveTo(5)
    let isShown = false
    const waiting = horizon.whenShown().then(() => {
      isShown = true
    })
    say({ type: 'feed', stream, epoch, ops: ops(4, 4) })
    await new Promise((resolve) => setImmediate(resolve))
    expect(isShown).toBe(false)
    say({ type: 'feed', stream, epoch, ops: ops(5, 6) })
    await waiting
  })

  it('believes the client about what it has after a reconnect', () => {
    const { horizon, say, subscribe, seqs } = createClient()
    horizon.moveTo(3)
    say({ type: 'feed', stream, epoch, ops: ops(1, 3) })
    seqs()
    subscribe(1)
    say({ type: 'feed', stream, epoch, ops: ops(2, 3) })
    expect(seqs()).toEqual([2, 3])
    subscribe(5)
    say({ type: 'feed', stream, epoch, ops: ops(4, 7) })
    expect(seqs()).toEqual([4, 5])
  })
})
