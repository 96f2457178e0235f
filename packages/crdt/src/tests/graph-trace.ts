import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { check } from './graph-check.js'
import { Random } from './random.js'
import { replicaId } from './graph-subject.js'
import type { GraphDocument, GraphSubject } from './graph-subject.js'

/** What somebody did on the merge of some earlier transactions, the one before of the same person among them. */
interface Transaction {
  readonly agent: number
  readonly parents: readonly number[]
  readonly patches: readonly (readonly [position: number, deleted: number, inserted: string])[]
}

/** A recorded session of people who type at once, or one made up when there is none on this machine. */
export interface GraphTrace {
  readonly name: string
  readonly transactions: readonly Transaction[]
  /** With the same characters, but perhaps in another order where two typed at one place. */
  readonly end?: string
}

const TRACE = 'friendsforever_concurrent.json.gz'

export function recordedTrace(): GraphTrace {
  const folder =
    process.env['FLOWSYNC_TRACES'] ?? fileURLToPath(new URL('../../../../../shared/traces', import.meta.url))
  const path = `${folder}/${TRACE}`
  if (!existsSync(path)) return madeUpTrace(new Random(1), 20_000, 3)
  const trace = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as {
    txns: Transaction[]
    endContent: string
  }
  // Positions count code points: here every one of them is one unit.
  check(!/[^\0-\uffff]/u.test(trace.endContent), 'the recording needs no conversion of positions')
  return { name: TRACE, transactions: trace.txns, end: trace.endContent }
}

/** People who type bursts at their own places and see each other's now and then. */
export function madeUpTrace(random: Random, count: number, agents: number): GraphTrace {
  const transactions: Transaction[] = []
  const last: (number | undefined)[] = Array.from({ length: agents }, () => undefined)
  for (let index = 0; index < count; index++) {
    const agent = random.chance(0.05) ? random.below(agents) : (transactions.at(-1)?.agent ?? 0)
    const others = last.filter((_, other) => other !== agent && random.chance(0.03))
    const isDeletion = random.chance(0.2)
    transactions.push({
      agent,
      parents: [last[agent], ...others].filter((parent) => parent !== undefined),
      // Positions beyond the end are cut to the text.
      patches: [
        [random.below(1 + index), isDeletion ? 1 : 0, isDeletion ? '' : random.pick(['a', '\n', 'word '])],
      ],
    })
    last[agent] = index
  }
  return { name: 'made up', transactions }
}

/** A transaction as an update, and the ones that must come before it. */
interface TracedUpdate {
  readonly bytes: Uint8Array
  readonly parents: readonly number[]
}

/** Types a session anew: everybody on a document of their own that knows just what they knew. */
export function typeTrace<Document extends GraphDocument>(
  subject: GraphSubject<Document>,
  { transactions }: GraphTrace,
): { readonly updates: readonly TracedUpdate[]; readonly documents: readonly Document[] } {
  const agents = Math.max(...transactions.map(({ agent }) => agent)) + 1
  const people = Array.from({ length: agents }, (_, agent) => ({
    document: subject.create(replicaId(agent)),
    known: new Set<number>(),
  }))
  const updates: TracedUpdate[] = []
  transactions.forEach(({ agent, parents, patches }, index) => {
    const person = people[agent]
    if (!person) throw new Error(`There is no agent ${agent}.`)
    const { document, known } = person
    for (const missing of missingOf(transactions, known, parents)) {
      document.merge(updateAt(updates, missing).bytes)
      known.add(missing)
    }
    const before = document.version
    for (const [position, deleted, inserted] of patches) document.replace(position, deleted, inserted)
    updates.push({ bytes: document.encodeSince(before), parents })
    known.add(index)
  })
  for (const { document, known } of people) {
    updates.forEach(({ bytes }, index) => known.has(index) || document.merge(bytes))
  }
  return { updates, documents: people.map(({ document }) => document) }
}

function missingOf(
  transactions: readonly Transaction[],
  known: ReadonlySet<number>,
  parents: readonly number[],
): readonly number[] {
  const missing = new Set<number>()
  const todo = [...parents]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (known.has(next) || missing.has(next)) continue
    missing.add(next)
    todo.push(...(transactions[next]?.parents ?? []))
  }
  return [...missing].sort((a, b) => a - b)
}

function updateAt(updates: readonly TracedUpdate[], index: number): TracedUpdate {
  const update = updates[index]
  if (!update) throw new Error(`There is no update ${index}.`)
  return update
}

/**
 * Some order in which each update comes after its parents.
 * @param stay the chance to go on with what became possible last; the rest is by chance
 */
export function causalOrder(
  random: Random,
  updates: readonly TracedUpdate[],
  stay: number,
): readonly TracedUpdate[] {
  const waiting = updates.map(({ parents }) => parents.length)
  const children = updates.map((): number[] => [])
  updates.forEach(({ parents }, index) => {
    for (const parent of parents) children[parent]?.push(index)
  })
  const ready = updates.flatMap(({ parents }, index) => (parents.length === 0 ? [index] : []))
  const order: TracedUpdate[] = []
  while (ready.length > 0) {
    const at = random.chance(stay) ? ready.length - 1 : random.below(ready.length)
    const [index = 0] = ready.splice(at, 1)
    order.push(updateAt(updates, index))
    for (const child of children[index] ?? []) {
      const left = (waiting[child] ?? 0) - 1
      waiting[child] = left
      if (left === 0) ready.push(child)
    }
  }
  check(order.length === updates.length, 'every update has its place in a causal order')
  return order
}
