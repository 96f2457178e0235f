import { beforeEach, describe, expect, it } from 'vitest'
import { createError } from '@flowsync/protocol'
import { ManualSystem } from '../tests/manual-system.js'
import type { FeedNotice } from './broadcast.js'
import { ClusterLink, type LinkConnection, type LinkConnectionEvents } from './cluster-link.js'

const notice: FeedNotice = {
  workspace: 'default',
  stream: 'note:a',
  epoch: 'aaaaaaaaaaaaaaaa',
  seq: 1,
  frame: Uint8Array.of(1),
}

/** A connection that does what the test says. */
class FakeConnection implements LinkConnection {
  readonly mode = 'fake'
  readonly events: LinkConnectionEvents
  readonly probes: number[] = []
  readonly sent: FeedNotice[] = []
  isClosed = false
  /** Whether probes come back at once. */
  isEchoing = true

  constructor(events: LinkConnectionEvents) {
    this.events = events
  }

  probe(number: number): void {
    this.probes.push(number)
    if (this.isEchoing) queueMicrotask(() => this.events.onEcho(number))
  }

  send(sent: FeedNotice): void {
    this.sent.push(sent)
  }

  close(): void {
    this.isClosed = true
  }
}

let system: ManualSystem
let connections: FakeConnection[]
let proofs: boolean[]
let heard: FeedNotice[]
let logged: string[]
let link: ClusterLink

function latest(): FakeConnection {
  const connection = connections.at(-1)
  if (!connection) throw new Error('nothing was connected')
  return connection
}

beforeEach(() => {
  system = new ManualSystem()
  connections = []
  proofs = []
  heard = []
  logged = []
  const log = (fields: unknown, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`)
  link = new ClusterLink({
    system,
    logger: { debug: log, info: log, warn: log, error: log },
    connect: (events) => {
      const connection = new FakeConnection(events)
      connections.push(connection)
      return connection
    },
    onNotice: (received) => heard.push(received),
    onProven: (isProven) => proofs.push(isProven),
  })
  link.start()
})

describe('a link between hubs', () => {
  it('carries what is sent, before it is proven too', async () => {
    latest().events.onOpened()
    link.send(notice)
    latest().events.onNotice(notice)
    await system.advance(0)
    expect([latest().sent, heard]).toEqual([[notice], [notice]])
    expect(proofs).toEqual([true])
  })

  it('probes every second for as long as probes come back, and logs one line', async () => {
    latest().events.onOpened()
    await system.advance(60_000)
    expect(connections).toHaveLength(1)
    expect(latest().probes).toHaveLength(61)
    expect(logged).toHaveLength(1)
    expect([proofs, link.isProven]).toEqual([[true], true])
  })

  it('notices within 3 s that nothing arrives any longer, and makes everything anew', async () => {
    latest().events.onOpened()
    await system.advance(10_500)
    const silent = latest()
    silent.isEchoing = false
    await system.advance(3_000)
    expect(proofs).toEqual([true, false])
    expect([silent.isClosed, connections.length]).toEqual([true, 2])
    silent.events.onNotice(notice)
    silent.events.onEcho(99)
    silent.events.onFailed(new Error('late'))
    expect([heard, connections.length]).toEqual([[], 2])
    latest().events.onOpened()
    await system.advance(0)
    expect(proofs).toEqual([true, false, true])
  })

  it('logs once that it is lost and once that it is back, however often it is tried', async () => {
    latest().events.onOpened()
    await system.advance(0)
    latest().events.onFailed(createError('hub/overloaded', 'a reason'))
    for (let attempt = 0; attempt < 10; attempt++) {
      await system.advance(2_000)
      latest().events.onFailed(new Error('redis://user:password@host'))
    }
    expect(logged).toHaveLength(2)
    expect(logged[1]).toContain('a reason')
    await system.advance(2_000)
    latest().events.onOpened()
    await system.advance(0)
    expect(logged).toHaveLength(3)
    expect(JSON.stringify(logged)).not.toContain('password')
    expect(proofs).toEqual([true, false, true])
  })

  it('gives up on a connection that never opens', async () => {
    await system.advance(3_000)
    expect([connections[0]?.isClosed, connections.length, proofs]).toEqual([true, 2, [false]])
  })

  it('ends at once', async () => {
    latest().events.onOpened()
    link.close()
    link.send(notice)
    latest().events.onEcho(1)
    await system.advance(10_000)
    expect([connections.length, latest().isClosed, latest().sent, proofs, system.timerCount]).toEqual([
      1,
      true,
      [],
      [],
      0,
    ])
  })
})
