import { expect, it } from 'vitest'
import type { PeerName } from './adapters.js'
import { measure, type MeasureOptions } from './measure.js'
import type { WorkerReply } from '../worker/worker-process.js'

/** Plays workers: what each says when it is ready, and how long each run takes. */
class Stage {
  readonly calls: string[] = []
  readonly stopped: string[] = []
  private readonly ready: Partial<Record<PeerName, WorkerReply>>
  private readonly runMs: (peer: PeerName, run: number) => number
  private readonly wallMs: Partial<Record<PeerName, number>>

  constructor(options: {
    ready?: Partial<Record<PeerName, WorkerReply>>
    runMs?: (peer: PeerName, run: number) => number
    wallMs?: Partial<Record<PeerName, number>>
  }) {
    this.ready = options.ready ?? {}
    this.runMs = options.runMs ?? (() => 1)
    this.wallMs = options.wallMs ?? {}
  }

  measure(options: Partial<MeasureOptions>) {
    return measure({
      peers: ['yjs', 'loro'],
      runs: 5,
      processes: 1,
      preparesAhead: false,
      hot: true,
      onProgress: () => undefined,
      start: (peer) => this.start(peer),
      ...options,
    })
  }

  private start(peer: PeerName) {
    let run = 0
    this.calls.push(`start ${peer}`)
    return {
      ready: () => Promise.resolve(this.ready[peer] ?? { kind: 'ready' as const, edits: 10 }),
      run: (): Promise<WorkerReply> => {
        this.calls.push(peer)
        const ms = this.runMs(peer, run++)
        if (Number.isNaN(ms)) return Promise.resolve({ kind: 'failed', message: 'wrong text' })
        return Promise.resolve({ kind: 'ran', figures: { ms }, wallMs: this.wallMs[peer] ?? 400 })
      },
      stop: () => void this.stopped.push(peer),
    }
  }
}

it('takes turns, and tells the first run from the median of the later ones', async () => {
  // 400 ms a run: one run to warm up.
  const stage = new Stage({
    runMs: (peer, run) => (peer === 'yjs' ? [100, 50, 9, 7, 8, 30, 1] : [1, 1, 1, 1, 1, 1, 1])[run] ?? 0,
  })
  const outcomes = await stage.measure({})
  expect(stage.calls.slice(0, 4)).toEqual(['start yjs', 'yjs', 'start loro', 'loro'])
  expect(stage.calls.slice(4)).toEqual(Array.from({ length: 6 }, () => ['yjs', 'loro']).flat())
  expect(outcomes.get('yjs')).toEqual({
    kind: 'measured',
    first: { ms: 100 },
    hot: { ms: 8 },
    processes: 1,
    runs: 5,
    edits: 10,
  })
  expect(stage.stopped).toEqual(['yjs', 'loro'])
})

it('starts a new process for each first run, and goes on in the last', async () => {
  const stage = new Stage({ runMs: (_peer, run) => (run === 0 ? 9 : 1) })
  const outcomes = await stage.measure({ peers: ['yjs'], processes: 3, preparesAhead: true })
  expect(stage.calls.filter((call) => call === 'start yjs')).toHaveLength(4)
  expect(outcomes.get('yjs')).toMatchObject({ first: { ms: 9 }, hot: { ms: 1 }, processes: 3, runs: 5 })
  expect(stage.stopped).toHaveLength(4)
})

it('spares a slow peer processes and runs, and not the others', async () => {
  const stage = new Stage({ wallMs: { yjs: 10_000, loro: 10 } })
  const outcomes = await stage.measure({ processes: 3 })
  expect(outcomes.get('yjs')).toMatchObject({ processes: 1, runs: 1 })
  expect(outcomes.get('loro')).toMatchObject({ processes: 3, runs: 5 })
  expect(stage.stopped.filter((peer) => peer === 'yjs')).toHaveLength(1)
})

it('measures only first runs when asked', async () => {
  const outcomes = await new Stage({}).measure({ processes: 2, hot: false })
  expect(outcomes.get('yjs')).toEqual({
    kind: 'measured',
    first: { ms: 1 },
    processes: 2,
    runs: 0,
    edits: 10,
  })
})

it('goes on without a peer that cannot, or fails at any time', async () => {
  const stage = new Stage({
    ready: {
      floor: { kind: 'lacks', reason: 'merges nothing' },
      ywasm: { kind: 'failed', message: 'no memory' },
    },
    runMs: (peer, run) => (peer === 'yjs' && run === 3 ? Number.NaN : 1),
  })
  const outcomes = await stage.measure({ peers: ['floor', 'ywasm', 'yjs', 'loro'] })
  expect(outcomes.get('floor')).toEqual({ kind: 'lacks', reason: 'merges nothing' })
  expect(outcomes.get('ywasm')).toEqual({ kind: 'failed', reason: 'no memory' })
  expect(outcomes.get('yjs')).toEqual({ kind: 'failed', reason: 'wrong text' })
  expect(outcomes.get('loro')).toMatchObject({ kind: 'measured', runs: 5 })
  expect(stage.calls.filter((call) => call === 'yjs')).toHaveLength(4)
})
