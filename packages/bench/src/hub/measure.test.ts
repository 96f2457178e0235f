import { expect, it } from 'vitest'
import type { Worker, WorkerReply } from '../worker/worker-process.js'
import { measure, rangesOf } from './measure.js'
import type { PeerName } from './peers.js'

/** Plays workers: what each run of each peer gives, and what was called in which order. */
function play(answers: Partial<Record<PeerName, readonly (number | string)[]>>) {
  const calls: string[] = []
  const next = new Map<PeerName, number>()
  const start = (peer: PeerName): Worker => ({
    ready: async () => {
      calls.push(`${peer} ready`)
      return { kind: 'ready', note: `note of ${peer}` }
    },
    run: async (): Promise<WorkerReply> => {
      const index = next.get(peer) ?? 0
      next.set(peer, index + 1)
      calls.push(`${peer} ${index}`)
      const answer = answers[peer]?.[index] ?? 'no answer'
      return typeof answer === 'string'
        ? { kind: 'failed', message: answer }
        : { kind: 'ran', figures: { ms: answer }, wallMs: 1 }
    },
    stop: () => void calls.push(`${peer} stop`),
  })
  return { calls, start, onProgress: () => undefined }
}

it('lets peers take turns and gives medians and ranges', async () => {
  const { calls, ...stage } = play({ flowsync: [3, 1, 2], ws: [30, 10, 20] })
  const outcomes = await measure({ ...stage, peers: ['flowsync', 'ws'], runs: 3, isFresh: false })
  expect(calls.slice(0, 5)).toEqual(['flowsync ready', 'ws ready', 'flowsync 0', 'ws 0', 'flowsync 1'])
  expect(calls.slice(-2)).toEqual(['flowsync stop', 'ws stop'])
  expect(outcomes.get('ws')).toEqual({
    kind: 'measured',
    first: { ms: 20 },
    range: { ms: [10, 30] },
    processes: 1,
    runs: 3,
    note: 'note of ws',
  })
})

it('starts anew for each run where that is asked for', async () => {
  const { calls, ...stage } = play({ ws: [1, 2] })
  const outcomes = await measure({ ...stage, peers: ['ws'], runs: 2, isFresh: true })
  expect(calls).toEqual(['ws ready', 'ws 0', 'ws stop', 'ws ready', 'ws 1', 'ws stop'])
  expect(outcomes.get('ws')).toMatchObject({ processes: 2, first: { ms: 1.5 } })
})

it('keeps a peer that failed once out of all further runs', async () => {
  const { calls, ...stage } = play({ flowsync: [1, 'deliveries lost', 1], ws: [1, 1, 1] })
  const outcomes = await measure({ ...stage, peers: ['flowsync', 'ws'], runs: 3, isFresh: false })
  expect(outcomes.get('flowsync')).toEqual({ kind: 'failed', reason: 'deliveries lost' })
  expect(outcomes.get('ws')).toMatchObject({ runs: 3 })
  expect(calls.filter((call) => call.startsWith('flowsync'))).toEqual([
    'flowsync ready',
    'flowsync 0',
    'flowsync 1',
    'flowsync stop',
  ])
})

it('rangesOf takes the least and the most of each metric', () => {
  expect(
    rangesOf([
      { a: 2, b: 5 },
      { a: 1, b: 9 },
    ]),
  ).toEqual({ a: [1, 2], b: [5, 9] })
  expect(rangesOf([])).toEqual({})
})
