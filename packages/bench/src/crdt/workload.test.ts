import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createRandom } from '@flowsync/testkit/sessions'
import { afterAll, describe, expect, it } from 'vitest'
import { rows } from './rows.js'
import { chooseTraces } from './traces.js'
import { createWorkload, replicaName, type WorkloadOptions } from './workload.js'

const directory = mkdtempSync(join(tmpdir(), 'flowsync-bench-test-'))
afterAll(() => rmSync(directory, { recursive: true }))

const sequentialFile = join(directory, 'one.json.gz')
writeFileSync(
  sequentialFile,
  gzipSync(
    JSON.stringify({
      startContent: '',
      endContent: 'hi 🎈!',
      txns: [{ patches: [[0, 0, 'hi🎈']] }, { patches: [[2, 0, ' ']] }, { patches: [[4, 0, '!']] }],
    }),
  ),
)
const concurrentFile = join(directory, 'two.json')
writeFileSync(
  concurrentFile,
  JSON.stringify({
    kind: 'concurrent',
    endContent: 'ab',
    numAgents: 2,
    txns: [
      { parents: [], agent: 0, patches: [[0, 0, 'a']] },
      { parents: [], agent: 1, patches: [[0, 0, 'b']] },
    ],
  }),
)

const options: WorkloadOptions = {
  seed: 1,
  traces: {},
  generatedEdits: 500,
  cacheDirectory: join(directory, 'cache'),
}
const recorded = { ...options, traces: { sequential: sequentialFile, concurrent: concurrentFile } }
const workloadOf = (from: WorkloadOptions, most?: number, benchmark = 'live') =>
  createWorkload(from, 'yjs', benchmark, most)

describe('a recording', () => {
  it('of one person is read, gzipped, in UTF-16 units or code points', async () => {
    const units = await workloadOf(recorded).sequential()
    expect(units.text).toBe('hi 🎈!')
    expect(units.edits.at(-1)).toEqual({ position: 5, deleteCount: 0, insert: '!' })
    const points = await workloadOf(recorded).sequential('code-points')
    expect(points.edits.at(-1)).toEqual({ position: 4, deleteCount: 0, insert: '!' })
  })

  it('is cut for a limited peer, and so is the text to be expected', async () => {
    const { edits, text } = await workloadOf(recorded, 2).sequential()
    expect(edits).toHaveLength(2)
    expect(text).toBe('hi 🎈')
  })

  it('of two people is read, and cut', async () => {
    expect((await workloadOf(recorded).concurrent()).steps.map(({ agent }) => agent)).toEqual([0, 1])
    expect((await workloadOf(recorded, 1).concurrent()).steps).toHaveLength(1)
  })

  it('of the other kind is refused', async () => {
    const swapped = { ...options, traces: { sequential: concurrentFile, concurrent: sequentialFile } }
    await expect(workloadOf(swapped).sequential()).rejects.toThrow('not a session of one person')
    await expect(workloadOf(swapped).concurrent()).rejects.toThrow('not a session of two people')
  })
})

describe('without recordings', () => {
  it('sessions are generated, the same for the same seed', async () => {
    const { edits, text } = await workloadOf(options).sequential()
    expect(edits).toHaveLength(500)
    expect((await workloadOf(options).sequential()).text).toBe(text)
    expect((await workloadOf({ ...options, seed: 2 }).sequential()).text).not.toBe(text)
    expect((await workloadOf(options).concurrent()).steps).toHaveLength(500)
  })
})

describe('chance', () => {
  it('is the same for every peer, and another for every benchmark', () => {
    const draw = (peer: string, benchmark: string) =>
      createWorkload(options, peer, benchmark).random.int(1_000_000)
    expect(draw('yjs', 'live')).toBe(draw('loro', 'live'))
    expect(draw('yjs', 'live')).not.toBe(draw('yjs', 'memory'))
  })

  it('names replicas so that no two collide', () => {
    const random = createRandom('names')
    const names = Array.from({ length: 1_000 }, () => replicaName(random))
    expect(new Set(names.map(({ hex }) => hex)).size).toBe(1_000)
    expect(new Set(names.map(({ number }) => number)).size).toBe(1_000)
    expect(names.every(({ hex }) => /^[0-9a-f]{32}$/.test(hex))).toBe(true)
    expect(names.every(({ number }) => number >= 65_536 && number < 2 ** 32)).toBe(true)
  })

  it('names the same replica alike whatever was asked before', () => {
    const { name } = workloadOf(options)
    const second = name(1)
    expect(workloadOf(options).name(0)).toEqual(name(0))
    expect(name(1)).toEqual(second)
    expect(name(0)).not.toEqual(second)
  })
})

it('keeps bytes for others, and makes them once', async () => {
  let made = 0
  const make = () => Uint8Array.of(++made)
  expect(await workloadOf(options).keep('a', make)).toEqual(Uint8Array.of(1))
  expect(await workloadOf(options, undefined, 'memory').keep('a', make)).toEqual(Uint8Array.of(1))
  expect(await workloadOf(options).keep('b', make)).toEqual(Uint8Array.of(2))
})

describe('chooseTraces', () => {
  it('runs the rows that play what it is given', async () => {
    const one = await chooseTraces([sequentialFile])
    expect(one.files).toEqual({ sequential: sequentialFile })
    expect(one.names).toEqual({ sequential: 'one', concurrent: 'generated' })
    expect(one.rowsOf(rows).map(({ id }) => id)).toContain('local-edits')
    expect(one.rowsOf(rows).map(({ id }) => id)).not.toContain('concurrent-live')
    const two = await chooseTraces([concurrentFile])
    expect(two.rowsOf(rows).map(({ id }) => id)).toEqual(['concurrent-live', 'concurrent-graph'])
  })

  it('refuses what is no recording', async () => {
    await expect(chooseTraces([join(directory, 'absent.json')])).rejects.toMatchObject({
      code: 'config/invalid',
    })
  })

  it('runs all rows when it is given nothing', async () => {
    expect((await chooseTraces(undefined)).rowsOf(rows)).toBe(rows)
  })
})
