import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ACKS, type Acknowledged, bodyOf, powerAuthor } from '../../tests/power-loss/acknowledged.js'
import { type DiskEvent, readTrace, TRACED_CALLS } from '../../tests/power-loss/disk-event.js'
import { type Luck, PowerCutDisk } from '../../tests/power-loss/power-cut-disk.js'
import { opsOfRow } from '../log-rows.js'
import { opsOfSegment } from '../segment.js'
import { LogDatabase } from './log-database.js'

const COMMITS = 60
const CUTS = 80
const SEED = 20_261_120
const LUCKS: readonly Luck[] = ['none', 'some', 'some', 'all']
const NODE_ARGV = [
  '--conditions=@flowsync/source',
  '--import',
  new URL('../../../source-loader.mjs', import.meta.url).href,
  new URL('../../tests/power-loss/power-writer.ts', import.meta.url).pathname,
]

let folder: string
let events: DiskEvent[]

/** Lets a writer work and tells what it did to the disk. */
async function traced(written: string): Promise<DiskEvent[]> {
  const trace = join(folder, 'trace')
  const options = [
    '-f',
    '-y',
    '-xx',
    '-s',
    '10000000',
    '-e',
    `trace=${TRACED_CALLS}`,
    '-e',
    'signal=none',
    '-o',
    trace,
  ]
  const child = spawn('strace', [...options, process.execPath, ...NODE_ARGV, written, String(COMMITS)])
  let complaints = ''
  child.stderr.on('data', (chunk) => (complaints += String(chunk)))
  await once(child, 'close')
  const said = readTrace(readFileSync(trace, 'latin1'), written)
  rmSync(trace)
  if (said.length < COMMITS) throw new Error(`the writer did not get far: ${complaints}`)
  return said
}

/** mulberry32 */
function chanceFrom(seed: number): { next(): number } {
  let state = seed
  return {
    next: () => {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
    },
  }
}

/** Cuts the power at random moments, and tells what each cut lost. */
function losses(trace: readonly DiskEvent[], cuts: number): string[] {
  const chance = chanceFrom(SEED)
  const moments = new Set(Array.from({ length: cuts }, () => Math.floor(chance.next() * trace.length)))
  const disk = new PowerCutDisk()
  const acknowledged: Acknowledged[] = []
  const lost: string[] = []
  trace.forEach((event, at) => {
    if ('name' in event && event.name === ACKS) {
      if (event.kind === 'write') acknowledged.push(JSON.parse(event.bytes.toString()) as Acknowledged)
    } else disk.apply(event)
    if (!moments.has(at)) return
    const luck = LUCKS[at % LUCKS.length] ?? 'some'
    const loss = lossOf(disk.image(luck, chance), acknowledged)
    if (loss !== undefined)
      lost.push(`seed ${SEED}, event ${at} (${event.kind}), ${luck} of the rest: ${loss}`)
  })
  return lost
}

/** What is missing or wrong in the files that a power cut left. */
function lossOf(
  image: ReadonlyMap<string, Buffer>,
  acknowledged: readonly Acknowledged[],
): string | undefined {
  const place = mkdtempSync(join(folder, 'image-'))
  for (const [name, bytes] of image) writeFileSync(join(place, name), bytes)
  try {
    const file = join(place, 'log.db')
    const database = new LogDatabase({ file, limitBytes: 0 })
    const loss = database.opening.wasRestored ? 'taken for an older file' : missing(database, acknowledged)
    database.close()
    return loss ?? damage(file)
  } catch (error) {
    return String(error)
  } finally {
    rmSync(place, { recursive: true })
  }
}

function missing(database: LogDatabase, acknowledged: readonly Acknowledged[]): string | undefined {
  const bodies = new Map<string, Map<number, Uint8Array>>()
  for (const { stream, firstCounter, seqs } of acknowledged) {
    const key = { workspace: 'acme', stream }
    const head = database.findStream(key)
    if (!head) return `${stream} is gone`
    const found = bodies.get(stream) ?? bodiesOf(database, key, head.truncatedSeq)
    bodies.set(stream, found)
    for (const [index, seq] of seqs.entries()) {
      const counter = firstCounter + index
      if (seq <= head.truncatedSeq) {
        const [kept = 0] = database.countersOf(key, [powerAuthor])
        if (kept < counter) return `${stream} knows the author up to ${kept} of ${counter}`
      } else if (!Buffer.from(bodyOf(counter)).equals(found.get(seq) ?? Buffer.alloc(0))) {
        return `${stream} lacks seq ${seq} of ${head.headSeq}`
      }
    }
  }
  return undefined
}

function bodiesOf(
  database: LogDatabase,
  key: { readonly workspace: string; readonly stream: string },
  afterSeq: number,
): Map<number, Uint8Array> {
  const slice = database.read({ ...key, afterSeq, limitBytes: 1_000_000_000 })
  const nobody = (): typeof powerAuthor => powerAuthor
  const ops = [
    ...(slice?.segments ?? []).flatMap((segment) => opsOfSegment(segment, nobody)),
    ...(slice?.rows ?? []).flatMap((row) => opsOfRow(row, nobody)),
  ]
  return new Map(ops.map(({ seq, body }) => [seq, body]))
}

function damage(file: string): string | undefined {
  const db = new DatabaseSync(file)
  const { integrity_check: found } = db.prepare('PRAGMA integrity_check').get() ?? {}
  db.close()
  return found === 'ok' ? undefined : String(found)
}

// Only Linux lets us watch what reaches the disk.
describe.runIf(process.platform === 'linux')('a power cut', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flowsync-power-'))
    mkdirSync(join(folder, 'written'))
    events = await traced(join(folder, 'written'))
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  it('loses nothing that was acknowledged, and damages nothing', { timeout: 60_000 }, () => {
    const named = events.filter((event) => event.kind !== 'sync-folder' && event.kind !== 'rename')
    const acks = named.filter(({ kind, name }) => kind === 'write' && name === ACKS)
    expect(acks).toHaveLength(3 * COMMITS)
    const copied = named
      .slice(named.findIndex(({ name }) => name === ACKS))
      .filter(({ name }) => name === 'log.db')
    expect(copied.length, 'the write-ahead log is copied into the file meanwhile').toBeGreaterThan(10)
    expect(losses(events, CUTS)).toEqual([])
  })

  it('would lose much if nothing were synced', { timeout: 60_000 }, () => {
    const unsynced = events.filter(({ kind }, at) => kind !== 'sync' || at < events.length / 4)
    expect(losses(unsynced, 12).length).toBeGreaterThan(3)
  })
})
