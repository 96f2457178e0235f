import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fold, text } from '@flowsync/crdt'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LogDriver } from '../storage/driver.js'
import { sqlite } from '../storage/sqlite/sqlite.js'
import { replica } from '../tests/engine-world.js'
import { contentOf } from '../tests/stored-workspace.js'
import type { CliIo } from './cli-io.js'
import { runCli } from './program.js'

// Each test opens and syncs several databases.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let folder: string
let db: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowsync-store-'))
  db = join(folder, 'a.db')
  await withStore(db, async (storage) => {
    for (const name of ['doc:one', 'doc:two', 'text:three']) await type(storage, 'default', name, 3_000)
    await type(storage, 'acme', 'doc:one', 2_000)
    await storage.openStream({ workspace: 'default', stream: 'odd:x', rule: 'odd', ruleVersion: 1 })
  })
})
afterEach(() => rm(folder, { recursive: true }))

async function withStore<T>(file: string, work: (storage: LogDriver) => Promise<T>): Promise<T> {
  const storage = sqlite(file)
  await storage.open()
  try {
    return await work(storage)
  } finally {
    await storage.close()
  }
}

async function type(storage: LogDriver, workspace: string, stream: string, count: number): Promise<void> {
  const rule = text()
  const head = await storage.openStream({ workspace, stream, rule: rule.name, ruleVersion: rule.version })
  const fold = new Fold(rule)
  let counter = 1
  const ops = Array.from({ length: count }, (_, index) => {
    const intent = rule.actions.insert(index % 7, String.fromCharCode(97 + (index % 26)))
    const prepared = fold.prepare(intent, { replica: replica(1), counter, nowMs: 0 })
    if (!prepared) throw new Error('nothing was inserted')
    counter += prepared.op.count
    return prepared.op
  })
  const [outcome] = await storage.append([{ ...head, subject: 'ada', ops }])
  expect(outcome?.kind).toBe('ok')
}

async function run(args: readonly string[], more: Partial<CliIo> = {}) {
  const [out, err]: [string[], string[]] = [[], []]
  const io: CliIo = {
    env: {},
    isTerminal: false,
    isInteractive: false,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    readInput: async () => '',
    ask: async () => '',
    onInterrupt: () => () => undefined,
    fetch,
    ...more,
  }
  const code = await runCli(args, io)
  return { code, out: out.join('\n'), err: err.join('\n') }
}

const headsOf = (workspace = 'default') =>
  withStore(db, async (storage) => {
    const heads = await storage.listStreams(workspace, { limit: 10 })
    return Object.fromEntries(heads.map((head) => [head.stream, head]))
  })

describe('flowsync compact', () => {
  it('compresses all but the latest ops of the streams that are named', async () => {
    const planned = await run(['compact', 'doc:*', '--db', db, '--keep', '100', '--dry-run'])
    expect([planned.code, planned.out]).toEqual([0, 'To be compressed: 2 streams, 5800 ops'])
    expect((await headsOf())['doc:one']?.floorSeq).toBe(0)

    const before = await withStore(db, (storage) => contentOf(storage, 'default'))
    const done = await run(['compact', 'doc:*', '--db', db, '--keep', '100', '--json'])
    expect(JSON.parse(done.out)).toMatchObject({ compressed: 5_800, erased: 0, skipped: 0 })
    const heads = await headsOf()
    expect(heads['doc:one']).toMatchObject({ headSeq: 3_000, floorSeq: 2_900 })
    expect(heads['text:three']?.floorSeq).toBe(0)
    expect((await headsOf('acme'))['doc:one']?.floorSeq).toBe(0)
    const after = await withStore(db, (storage) => contentOf(storage, 'default'))
    expect(after.map(({ ops }) => ops)).toEqual(before.map(({ ops }) => ops))
    expect(after[0]?.snapshots.map(({ seq }) => seq)).toEqual([3_000])
    expect(await run(['compact', 'doc:*', '--db', db, '--keep', '100'])).toMatchObject({
      code: 0,
      out: 'There is nothing to do.',
    })
  })

  it('goes through all workspaces when asked to', async () => {
    const { code } = await run(['compact', '--db', db, '--workspace', '*', '--keep', '0'])
    expect(code).toBe(0)
    expect((await headsOf('acme'))['doc:one']?.floorSeq).toBe(2_000)
    expect((await headsOf())['text:three']?.floorSeq).toBe(3_000)
  })

  it('leaves alone what it cannot fold, and says so', async () => {
    await withStore(db, async (storage) => {
      const head = await storage.openStream({
        workspace: 'default',
        stream: 'odd:x',
        rule: 'odd',
        ruleVersion: 1,
      })
      const ops = Array.from({ length: 20 }, (_, index) => ({
        replica: replica(2),
        counter: index + 1,
        count: 1,
        base: 0,
        extra: [],
        body: Uint8Array.of(1),
      }))
      await storage.append([{ ...head, subject: 'ada', ops }])
    })
    const { code, err, out } = await run(['compact', '--db', db, '--keep', '0'])
    expect([code, out]).toEqual([0, 'Compressed: 3 streams, 9000 ops; 1 skipped'])
    expect(err).toContain('odd:x: skipped, no merge rule is defined for it; give --streams')
  })

  it('erases history only when told yes', async () => {
    const erase = ['compact', 'doc:one', '--db', db, '--truncate']
    expect(await run(erase)).toMatchObject({ code: 2, err: expect.stringContaining('say --yes') })
    const asked: string[] = []
    const answer = (text: string) => ({
      isInteractive: true,
      ask: async (question: string) => {
        asked.push(question)
        return text
      },
    })
    expect(await run(erase, answer('y'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('Nothing was erased'),
    })
    expect((await headsOf())['doc:one']?.truncatedSeq).toBe(0)
    expect(asked[0]).toContain('doc:one in workspace default')
    expect(await run([...erase, '--dry-run'])).toMatchObject({
      code: 0,
      out: 'To be erased: 1 streams, 3000 ops',
    })

    const epoch = (await headsOf())['doc:one']?.epoch
    expect(await run(erase, answer('yes'))).toMatchObject({ code: 0, out: 'Erased: 1 streams, 3000 ops' })
    const head = (await headsOf())['doc:one']
    expect(head).toMatchObject({ headSeq: 3_000, floorSeq: 3_000, truncatedSeq: 3_000 })
    expect(head?.epoch).not.toBe(epoch)
    expect((await headsOf())['doc:two']?.truncatedSeq).toBe(0)
    expect(await run([...erase, '--yes'])).toMatchObject({ code: 0, out: 'There is nothing to do.' })
  })

  it('says when nothing was erased', async () => {
    expect(await run(['compact', 'dox:*', '--db', db, '--truncate', '--yes'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no such stream') as string,
    })
    expect(await run(['compact', '--db', db, '--workspace', 'acm'])).toMatchObject({ code: 0 })
    await withStore(db, async (storage) => {
      const odd = await storage.openStream({
        workspace: 'default',
        stream: 'odd:x',
        rule: 'odd',
        ruleVersion: 1,
      })
      const op = { replica: replica(1), counter: 1, count: 1, base: 0, extra: [], body: new Uint8Array(1) }
      await storage.append([{ ...odd, subject: 'ada', ops: [op] }])
    })
    expect(await run(['compact', 'odd:x', '--db', db, '--truncate', '--yes'])).toMatchObject({
      code: 2,
      out: 'Erased: 0 streams, 0 ops; 1 skipped',
      err: expect.stringContaining('still there') as string,
    })
  })

  it('says who has the file', async () => {
    await withStore(db, async () => {
      for (const command of [['compact'], ['inspect'], ['export', '-o', join(folder, 'e')]]) {
        const { code, err } = await run([...command, '--db', db])
        expect([code, err]).toEqual([1, expect.stringMatching(/in use by another process.*stop/)])
      }
    })
  })
})

describe('flowsync export and import', () => {
  it('move a workspace, and say what they moved', async () => {
    await run(['compact', 'doc:one', '--db', db, '--keep', '10'])
    const file = join(folder, 'default.flowsync')
    const exported = await run(['export', '--db', db, '-o', file, '--json'])
    expect(JSON.parse(exported.out)).toMatchObject({
      file,
      workspace: 'default',
      streams: 4,
      ops: 9_000,
      snapshots: 1,
    })
    const to = join(folder, 'b.db')
    expect(await run(['import', file, '--db', to])).toMatchObject({
      code: 0,
      out: 'Imported 4 streams with 9000 ops and 1 snapshots into workspace default',
    })
    const moved = await withStore(to, (storage) => contentOf(storage, 'default'))
    expect(moved).toEqual(await withStore(db, (storage) => contentOf(storage, 'default')))
    expect(await run(['import', file, '--db', to])).toMatchObject({
      code: 0,
      out: expect.stringContaining('4 were there'),
    })
    expect(await run(['import', file, '--db', db, '--workspace', 'acme'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('stream/exists'),
    })
    const copied = await run(['import', file, '--db', db, '--workspace', 'copy', '--new-epochs', '--json'])
    expect(JSON.parse(copied.out)).toMatchObject({ workspace: 'copy', streams: 4, resumed: 0 })
    const [copy, original] = [await headsOf('copy'), await headsOf()]
    expect(copy['doc:one']).toMatchObject({ headSeq: 3_000, floorSeq: 2_990 })
    expect(copy['doc:one']?.epoch).not.toBe(original['doc:one']?.epoch)
  })

  it('leave nothing half-written when they are interrupted or fail', async () => {
    const file = join(folder, 'x.flowsync')
    const onInterrupt = (stop: () => void) => {
      stop()
      return () => undefined
    }
    const before = await readdir(folder)
    expect(await run(['export', '--db', db, '-o', file], { onInterrupt })).toMatchObject({ code: 130 })
    expect(await readdir(folder)).toEqual(before)
    for (const [output, reason] of [
      [join(folder, 'no', 'x'), 'no folder'],
      [folder, 'is a folder'],
    ] as const) {
      expect(await run(['export', '--db', db, '-o', output])).toMatchObject({
        code: 2,
        err: expect.stringContaining(reason) as string,
      })
    }
    expect(await run(['import', folder, '--db', db])).toMatchObject({
      code: 2,
      err: expect.stringContaining('no file') as string,
    })

    await writeFile(file, 'nothing of the kind')
    const to = join(folder, 'new.db')
    expect(await run(['import', file, '--db', to])).toMatchObject({
      code: 1,
      err: expect.stringContaining('transfer/file-invalid'),
    })
    expect(await readdir(folder), 'a file that is refused leaves no trace').toEqual(
      [...before, 'x.flowsync'].sort(),
    )
  })

  it('keep the last export when there is nothing to export, and take no workspace that nobody can open', async () => {
    const file = join(folder, 'x.flowsync')
    await writeFile(file, 'the last one')
    for (const args of [['--workspace', 'acm'], ['dox:*']]) {
      expect(await run(['export', '--db', db, '-o', file, ...args])).toMatchObject({
        code: 1,
        err: expect.stringContaining('There is no') as string,
      })
    }
    expect(await readFile(file, 'utf8')).toBe('the last one')
    expect(await run(['export', '--db', db, '-o', file])).toMatchObject({ code: 0 })
    expect(await run(['import', file, '--db', db, '--workspace', 'my copy'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('no name of a workspace') as string,
    })
  })

  it('refuse to write bytes on a screen', async () => {
    expect(await run(['export', '--db', db, '-o', '-'], { isTerminal: true })).toMatchObject({
      code: 2,
      err: expect.stringContaining('binary'),
    })
  })
})

describe('flowsync inspect', () => {
  it('tells what there is', async () => {
    const all = await run(['inspect', '--db', db])
    expect(all.out.split('\n')).toHaveLength(4)
    expect(all.out).toMatch(/^default\/doc:one {2}text 1 {2}epoch [0-9a-f]{16} {2}head 3000, floor 0$/m)
    await run(['compact', 'doc:one', '--db', db, '--keep', '10'])
    const one = await run(['inspect', 'doc:one', '--db', db])
    expect(one.out).toMatch(/floor 2990\n {2}1 replicas\n {2}snapshot at 3000, \d+ bytes$/)
    const { out } = await run(['inspect', 'doc:*', '--db', db, '--workspace', '*', '--json'])
    expect(out.split('\n').map((line) => JSON.parse(line) as object)).toMatchObject([
      { workspace: 'acme', stream: 'doc:one', headSeq: 2_000, replicas: 1, snapshots: [] },
      { workspace: 'default', stream: 'doc:one', floorSeq: 2_990 },
      { workspace: 'default', stream: 'doc:two' },
    ])
    expect(await run(['inspect', 'doc:none', '--db', db])).toMatchObject({
      code: 1,
      err: expect.stringContaining('stream/unknown'),
    })
  })
})
