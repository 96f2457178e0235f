import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseTrace, readTrace } from './read-trace.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowsync-trace-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const sequential = {
  startContent: '🎈',
  endContent: '🎈hé!',
  txns: [
    { patches: [[1, 0, 'he']] },
    {
      patches: [
        [2, 1, 'é'],
        [3, 0, '!'],
      ],
    },
  ],
}

describe('readTrace', () => {
  it('reads gzipped and plain recordings, in UTF-16 positions', async () => {
    await writeFile(join(folder, 'a.json.gz'), gzipSync(JSON.stringify(sequential)))
    await writeFile(join(folder, 'b.json'), JSON.stringify(sequential))
    const zipped = await readTrace(join(folder, 'a.json.gz'))
    const plain = await readTrace(join(folder, 'b.json'))
    expect(zipped).toEqual({ ...plain, name: 'a' })
    expect(plain).toEqual({
      kind: 'sequential',
      name: 'b',
      endContent: '🎈hé!',
      edits: [
        { position: 0, deleteCount: 0, insert: '🎈' },
        { position: 2, deleteCount: 0, insert: 'he' },
        { position: 3, deleteCount: 1, insert: 'é' },
        { position: 4, deleteCount: 0, insert: '!' },
      ],
    })
  })

  it('says what is wrong with a file', async () => {
    await expect(readTrace(join(folder, 'missing.json'))).rejects.toMatchObject({ code: 'config/invalid' })
    await writeFile(join(folder, 'broken.json.gz'), gzipSync('{"endContent":').subarray(0, 20))
    await expect(readTrace(join(folder, 'broken.json.gz'))).rejects.toMatchObject({ code: 'config/invalid' })
    for (const json of [
      null,
      {},
      { endContent: '', txns: [3] },
      { endContent: '', txns: [{ patches: [[1]] }] },
      { endContent: '', startContent: 1, txns: [] },
    ]) {
      expect(() => parseTrace('x', json)).toThrow(expect.objectContaining({ code: 'config/invalid' }))
    }
  })
})

describe('a concurrent recording', () => {
  const step = (agent: number, parents: number[], insert = 'x') => ({
    agent,
    parents,
    patches: [[0, 0, insert]],
  })
  const parse = (...txns: object[]) =>
    parseTrace('c', { kind: 'concurrent', endContent: '', numAgents: 2, txns })

  it('tells how much of the other each author had seen', () => {
    const session = parse(
      step(0, []),
      step(1, []),
      step(0, [0]),
      step(1, [1, 2]),
      step(0, [2, 3]),
      step(1, [3]),
    )
    if (session.kind !== 'concurrent') throw new Error('not concurrent')
    expect(session.steps.map(({ agent, seenOfOther }) => [agent, seenOfOther])).toEqual([
      [0, 0],
      [1, 0],
      [0, 0],
      [1, 2],
      [0, 2],
      [1, 2],
    ])
  })

  it('is refused when one hub order cannot reproduce it', () => {
    const refused = expect.objectContaining({ code: 'config/invalid' })
    expect(() => parse(step(2, []))).toThrow(refused)
    expect(() => parse(step(0, [4]))).toThrow(refused)
    expect(() => parse(step(0, []), step(0, []))).toThrow(refused)
    expect(() => parse(step(0, [], '🎈'))).toThrow(refused)
  })
})
