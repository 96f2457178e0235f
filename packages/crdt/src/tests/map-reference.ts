import { isDeepStrictEqual } from 'node:util'
import { Fold } from '../fold.js'
import { map } from '../map.js'
import type { MapIntent } from '../map.js'
import type { Op, ReplicaId } from '../op.js'
import { Random } from './random.js'

/** A write as the reference remembers it, for ever. */
interface Write {
  readonly op: Op
  readonly seq: number
  readonly key: string
  readonly value: number | undefined
  readonly time: number
}

const KEYS = ['a', 'b', 'ab', '__proto__', '7']

/** True when the author of `later` knew `earlier`, by the definition of an op's version. */
function knew(later: Write, earlier: Write): boolean {
  if (earlier.seq <= later.op.base) return true
  return earlier.op.replica === later.op.replica && earlier.op.counter < later.op.counter
}

/** What a map shows after some writes: per key, of those that no other knew, the latest. */
function referenceValue(writes: readonly Write[]): Record<string, number> {
  const members = KEYS.flatMap((key) => {
    const own = writes.filter((write) => write.key === key)
    const maximal = own.filter((write) => !own.some((other) => other !== write && knew(other, write)))
    maximal.sort((left, right) => left.time - right.time || (left.op.replica < right.op.replica ? -1 : 1))
    const value = maximal.at(-1)?.value
    return value === undefined ? [] : [[key, value] as const]
  })
  return Object.fromEntries(members)
}

/**
 * Plays writes of several replicas that see each other's late, some with wrong clocks, and compares every
 * value with the reference. One reader begins anew from snapshots, as far as their floors allow.
 * Throws with what differs.
 */
export function playMap(seed: number): void {
  const random = new Random(seed)
  const log: Write[] = []
  const bodies = map<number>()
  const writers = ['1', '2', '3'].map((digit) => ({
    replica: digit.repeat(32) as ReplicaId,
    fold: new Fold(map<number>()),
    own: [] as Write[],
    counter: 1,
    skewMs: random.pick([0, 0, 500, -500]),
  }))
  let reader = new Fold(map<number>()) as unknown as Reader
  for (let step = 0; step < 60; step++) {
    const writer = random.pick(writers)
    const kind = random.below(4)
    if (kind < 2) {
      const key = random.pick(KEYS)
      const intent: MapIntent<number> = random.chance(0.4)
        ? { op: 'delete', key }
        : { op: 'set', key, value: step }
      const id = { replica: writer.replica, counter: writer.counter, nowMs: 1000 + step + writer.skewMs }
      const op = writer.fold.prepare(intent, id)?.op
      if (!op) continue
      writer.counter++
      const { time } = bodies.decodeBody(op.body)
      const value = intent.op === 'set' ? step : undefined
      writer.own.push({ op, seq: Infinity, key, value, time })
    } else if (kind === 2) {
      const write = writer.own.shift()
      if (write) log.push({ ...write, seq: log.length + 1 })
    } else {
      const until = writer.fold.seq + random.below(6)
      for (const { op, seq } of log.slice(writer.fold.seq, until)) writer.fold.receive({ ...op, seq })
    }
    // What was placed and not received yet is still pending there.
    const known = log.filter(({ seq, op }) => seq <= writer.fold.seq || op.replica === writer.replica)
    const unseen = known.map((write) => (write.seq <= writer.fold.seq ? write : { ...write, seq: Infinity }))
    check(seed, step, writer.fold.value, [...unseen, ...writer.own])
    reader = follow(reader, log, random)
    check(seed, step, reader.value, log)
  }
}

type Reader = Fold<unknown, never, unknown, unknown>

/** Receives what is new, from the beginning when a snapshot left out what is needed; now and then through a snapshot. */
function follow(former: Reader, log: readonly Write[], random: Random): Reader {
  let reader = former
  for (const { op, seq } of log.slice(reader.seq)) {
    const received = reader.receive({ ...op, seq })
    if (received.kind === 'applied') continue
    // Nothing older than this log's beginning is needed.
    reader = new Fold(map<number>()) as unknown as Reader
    for (const write of log.slice(0, seq)) reader.receive({ ...write.op, seq: write.seq })
  }
  if (random.chance(0.7)) return reader
  return new Fold(reader.rule, { state: reader.encodeState(), seq: reader.seq })
}

function check(seed: number, step: number, value: unknown, writes: readonly Write[]): void {
  const expected = referenceValue(writes)
  if (isDeepStrictEqual({ ...(value as object) }, expected)) return
  throw new Error(
    `seed ${seed}, step ${step}: ${JSON.stringify(value)} where ${JSON.stringify(expected)} is right`,
  )
}
