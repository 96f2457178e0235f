import { generateSession } from '@flowsync/testkit/sessions'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { adapters, peerNames } from './adapters.js'
import type { Workload } from './benchmark.js'
import { benchmarks } from './benchmarks.js'
import { rows } from './rows.js'
import { createWorkload } from './workload.js'

const OPERATIONS = 60
const EDITS = 400
const cacheDirectory = mkdtempSync(join(tmpdir(), 'flowsync-adapters-'))
afterAll(() => rmSync(cacheDirectory, { recursive: true }))

/** Everything small, and with characters of two units. */
function tinyWorkload(peer: string, benchmark: string): Workload {
  const options = { seed: 1, traces: {}, generatedEdits: EDITS, cacheDirectory }
  return {
    ...createWorkload(options, peer, benchmark),
    limit: () => OPERATIONS,
    memory: () => 0,
  }
}

// Loading five WebAssembly modules takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

describe.each(peerNames)('%s', (name) => {
  it.each(benchmarks)('is right in $name, or says why it cannot', async (benchmark) => {
    const { peer } = await adapters[name]()
    const documents = peer[benchmark.of]
    const reason = peer.lacks?.[benchmark.name] ?? peer.lacks?.[benchmark.of]
    // One of the two: documents to measure, or a reason for their absence.
    expect(documents !== undefined && reason === undefined).toBe(reason === undefined)
    if (!documents || reason !== undefined) return
    const probe = await benchmark.prepare(documents, tinyWorkload(name, benchmark.name))
    // A probe throws when its result is wrong; twice, as it works on what the first run left behind.
    for (const figures of [probe.run(), probe.run()]) expect(Object.keys(figures)).not.toEqual([])
  })

  it('names nothing that there is not', async () => {
    const { peer } = await adapters[name]()
    const known = [
      ...benchmarks.map((benchmark) => benchmark.name),
      'text',
      'map',
      'list',
      'counter',
      'first-edit',
    ]
    const named = [peer.lacks, peer.notes, peer.limits].flatMap((record) => Object.keys(record ?? {}))
    expect(named.filter((key) => !known.includes(key))).toEqual([])
  })
})

it('a probe notices a wrong text', async () => {
  const { peer } = await adapters.yjs()
  const [localEdits] = benchmarks
  if (!localEdits || !peer.text) throw new Error('no benchmark')
  const forgetful = { ...peer.text, text: (doc: unknown) => peer.text?.text(doc).slice(1) ?? '' }
  const probe = await localEdits.prepare(forgetful, tinyWorkload('yjs', 'local-edits'))
  expect(() => probe.run()).toThrow('wrong text')
})

describe('rows', () => {
  it('have ids of their own, and a benchmark each', () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
    const known = [
      ...benchmarks.map(({ name }) => name),
      'first-edit',
      'first-edit-bundled',
      'size-main',
      'size-small',
    ]
    expect(rows.filter(({ benchmark }) => !known.includes(benchmark))).toEqual([])
  })

  it('show every benchmark', () => {
    expect(benchmarks.filter(({ name }) => !rows.some(({ benchmark }) => benchmark === name))).toEqual([])
  })

  it('the session of the tiny workload has characters of two units', () => {
    expect(generateSession(EDITS, 1).edits.some(({ insert }) => /[\ud800-\udbff]/.test(insert))).toBe(true)
  })
})
