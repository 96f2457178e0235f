import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ChildHub } from './tests/child-hub-process.js'
import { counterRule as rule, increment } from './tests/counter-op.js'
import { put, replica } from './tests/engine-world.js'
import { CommandProcess } from './tests/hub-process.js'
import { SocketClient } from './tests/socket-client.js'
import { SECRET, tokenFor } from './tests/test-hub.js'
import { sqlite } from './storage/sqlite/sqlite.js'

const KILLS = 4
const WRITERS = 4

let folder: string
let hub: CommandProcess | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowsync-kill-'))
})
afterEach(async () => {
  await hub?.end('SIGKILL')
  await rm(folder, { recursive: true })
})

async function startHub(db: string): Promise<string> {
  hub = new CommandProcess(['start', '--port', '0', '--db', db], { env: { FLOWSYNC_SECRET: SECRET } })
  return hub.written(/"url":"([^"]+)"/)
}

/** Pushes one op after the other, two in flight, and writes down what was acknowledged, until the hub dies. */
async function write(url: string, author: number, from: number, acked: Map<string, number>): Promise<void> {
  const client = await SocketClient.join(url, await tokenFor(`subject${author}`), replica(author))
  try {
    const opened = await client.subscribe('counter:a', {
      rule: rule.name,
      ruleVersion: rule.version,
      outbox: [{ replica: replica(author), from: 1, through: from }],
    })
    const through = opened.acknowledged[0]?.through ?? 0
    const push = async (at: number): Promise<void> => {
      const answer = await client.push('counter:a', opened.epoch, [increment(author, at)])
      const result = answer.type === 'pushed' ? answer.results[0] : undefined
      if (result?.kind !== 'ok') throw new Error(`refused: ${JSON.stringify(answer)}`)
      acked.set(`${author}/${at}`, result.seqs[0] ?? 0)
    }
    // The last one may be stored and not acknowledged: it is sent again, and must get its old seq.
    for (let at = Math.max(1, through); ; at += 2) await Promise.all([push(at), push(at + 1)])
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('connection ended'))) throw error
  }
}

describe('a hub that is killed', () => {
  it('has every acknowledged op in its log, each once and in its place', async () => {
    const db = join(folder, 'hub.db')
    const acked = new Map<string, number>()
    for (let kill = 1; kill <= KILLS; kill++) {
      const url = await startHub(db)
      const before = acked.size
      const writing = Array.from({ length: WRITERS }, (_, index) => write(url, index + 1, 1_000_000, acked))
      // Any number of commits will do, as long as the kill falls among them.
      while (acked.size < before + 60 * kill) await new Promise((resolve) => setImmediate(resolve))
      await hub?.end('SIGKILL')
      await Promise.all(writing)
    }

    const driver = sqlite(db)
    await driver.open()
    const stored = new Map<string, number>()
    for (let afterSeq = 0; ;) {
      const slice = await driver.read({
        workspace: 'default',
        stream: 'counter:a',
        afterSeq,
        limitBytes: 1_000_000,
      })
      if (!slice || slice.ops.length === 0) break
      for (const op of slice.ops) {
        const id = `${Number.parseInt(op.replica, 16)}/${op.counter}`
        expect(stored.has(id), `${id} is stored once`).toBe(false)
        expect(op.seq).toBe(++afterSeq)
        stored.set(id, op.seq)
      }
    }
    await driver.close()
    expect(acked.size).toBeGreaterThan(60 * KILLS)
    for (const [id, seq] of acked) expect([id, stored.get(id)]).toEqual([id, seq])
    for (let author = 1; author <= WRITERS; author++) {
      const counters = [...stored.keys()]
        .filter((id) => id.startsWith(`${author}/`))
        .map((id) => Number(id.split('/')[1]))
      expect(counters, 'dense, in the order of the author').toEqual(counters.map((_, index) => index + 1))
    }
  }, 60_000)
})

describe('a hub that is killed in the middle of a push', () => {
  let child: ChildHub | undefined
  afterEach(() => child?.end())

  it.each([
    ['before-commit', 1],
    ['after-commit', 2],
    ['before-ack', 2],
  ] as const)(
    '%s leaves %d ops, and the retry gets the one answer there is',
    async (killAt, stored) => {
      const db = join(folder, 'hub.db')
      const token = await tokenFor('ada')
      const [one, two] = [put(replica(1), 1, 'one'), put(replica(1), 4, 'fatal')]
      child = await ChildHub.start({ db, killAt, fatalText: 'fatal' })
      const first = await SocketClient.join(child.url, token, replica(1))
      const { epoch } = await first.subscribe('note:a')
      expect(await first.push('note:a', epoch, [one])).toMatchObject({ results: [{ kind: 'ok', seqs: [1] }] })
      await expect(first.push('note:a', epoch, [two])).rejects.toThrow('the connection ended')
      expect(await child.ended).toBe('SIGKILL')
      expect(
        first.all('pushed').map(({ results }) => results),
        'the second was never acknowledged',
      ).toHaveLength(1)

      child = await ChildHub.start({ db })
      const again = await SocketClient.join(child.url, token, replica(1))
      expect(await again.subscribe('note:a')).toMatchObject({ epoch, headSeq: stored })
      for (let retry = 0; retry < 2; retry++) {
        expect(await again.push('note:a', epoch, [two])).toMatchObject({
          results: [{ kind: 'ok', seqs: [2] }],
        })
      }
      const reader = await SocketClient.join(child.url, token, replica(2))
      const { headSeq, ops } = await reader.subscribe('note:a')
      expect([headSeq, ops.map(({ body }) => Buffer.from(body).toString())]).toEqual([2, ['one', 'fatal']])
      for (const client of [again, reader]) client.close()
    },
    20_000,
  )
})
