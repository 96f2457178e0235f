import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Fold } from './fold.js'
import type { ReplicaId, SequencedOp } from './op.js'
import { Random } from './tests/random.js'
import { encodeTextBody } from './text-codec.js'
import { text } from './text.js'

interface Transaction {
  readonly agent: number
  readonly parents: readonly number[]
  readonly patches: readonly (readonly [position: number, deleted: number, inserted: string])[]
}

const TRACE = 'friendsforever_concurrent.json.gz'

/** A recorded session of two people who type at once, or one made up when there is none on this machine. */
function session(): {
  readonly name: string
  readonly transactions: readonly Transaction[]
  readonly end?: string
} {
  const folder =
    process.env['FLOWSYNC_TRACES'] ?? fileURLToPath(new URL('../../../../shared/traces', import.meta.url))
  const path = `${folder}/${TRACE}`
  if (!existsSync(path)) return { name: 'made up', transactions: madeUp(new Random(1), 20_000) }
  const trace = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as {
    txns: Transaction[]
    endContent: string
  }
  return { name: TRACE, transactions: trace.txns, end: trace.endContent }
}

/** Two people type bursts at their own places and see each other's now and then. */
function madeUp(random: Random, count: number): Transaction[] {
  const transactions: Transaction[] = []
  const last: (number | undefined)[] = [undefined, undefined]
  const parents: (number | undefined)[] = [undefined, undefined]
  for (let index = 0; index < count; index++) {
    const agent = random.chance(0.05) ? random.below(2) : (transactions.at(-1)?.agent ?? 0)
    if (random.chance(0.03)) parents[agent] = last[1 - agent]
    // Positions may lie beyond the end: they are cut to the text of the author's version.
    const position = random.below(1 + index)
    const isDeletion = random.chance(0.2)
    transactions.push({
      agent,
      parents: [last[agent], parents[agent]].filter((parent) => parent !== undefined),
      patches: [[position, isDeletion ? 1 : 0, isDeletion ? '' : random.pick(['a', 'b', '\n', 'word '])]],
    })
    last[agent] = index
  }
  return transactions
}

/** Gives a recording the hub's order: what an author did not see of the other comes after its base. */
function toOps(transactions: readonly Transaction[]): SequencedOp[] {
  const ops: SequencedOp[] = []
  /** For each agent, the seq before each of its transactions. */
  const starts: [number[], number[]] = [[], []]
  const counters = [1, 1]
  /** For each transaction, how many of each agent it and its past hold. */
  const seen: [number, number][] = []
  for (const { agent, parents, patches } of transactions) {
    const counts: [number, number] = [0, 0]
    for (const parent of parents)
      for (const one of [0, 1] as const) counts[one] = Math.max(counts[one], seen[parent]?.[one] ?? 0)
    const me = agent === 0 ? 0 : 1
    const other = agent === 0 ? 1 : 0
    expect(counts[me]).toBe(starts[me].length)
    const base = starts[other][counts[other]] ?? ops.length
    starts[me].push(ops.length)
    counts[me]++
    seen.push(counts)
    for (const [position, deleteCount, insert] of patches) {
      const count = deleteCount + insert.length
      const replica = String(agent).repeat(32) as ReplicaId
      const counter = counters[me] ?? 1
      ops.push({
        replica,
        counter,
        count,
        base,
        extra: [],
        seq: ops.length + 1,
        body: encodeTextBody({ position, deleteCount, insert }),
      })
      counters[me] = counter + count
    }
  }
  return ops
}

describe('two people who type at once', () => {
  const { name, transactions, end } = session()
  const ops = toOps(transactions)

  it(`all see the same in the end: ${name}`, { timeout: 30_000 }, () => {
    const hub = new Fold(text())
    for (const op of ops) expect(hub.receive(op).kind).toBe('applied')
    if (end !== undefined) expect([...hub.value].sort().join('')).toBe([...end].sort().join(''))

    // Each author has its own ops long before the hub has placed them.
    for (const author of ['0', '1'].map((digit) => digit.repeat(32))) {
      const fold = new Fold(text())
      const own = ops.filter(({ replica }) => replica === author)
      for (const op of ops) {
        for (let next = own[0]; next && next.base <= fold.seq; next = own[0]) {
          fold.addPending(next)
          own.shift()
        }
        fold.receive(op)
      }
      expect(fold.value).toBe(hub.value)
    }

    // Somebody joins in the middle, with a snapshot that is old enough for the rest of the session.
    const from = snapshotFor(ops, Math.floor(ops.length / 2))
    const before = new Fold(text())
    for (const op of ops.slice(0, from)) before.receive(op)
    const joiner = new Fold(text(), { state: before.encodeState(), seq: from })
    for (const op of ops.slice(from)) expect(joiner.receive(op).kind).toBe('applied')
    expect(joiner.value).toBe(hub.value)
  })
})

/** The newest seq up to a given one that all ops after it know. */
function snapshotFor(ops: readonly SequencedOp[], seq: number): number {
  const needed = Math.min(...ops.slice(seq).map(({ base }) => base))
  return needed < seq ? snapshotFor(ops, needed) : seq
}
