import { describe, expect, it } from 'vitest'
import { SHAPES } from '../tests/graph-growth.js'
import { damage, hugeClaims, loadHostile, mergeHostile } from '../tests/graph-hostile.js'
import { textDocument } from '../tests/graph-document.js'
import { GraphSession } from '../tests/graph-session.js'
import { makeScript } from '../tests/graph-steps.js'
import { replicaId } from '../tests/graph-subject.js'
import type { GraphDocument, GraphSubject } from '../tests/graph-subject.js'
import { Random } from '../tests/random.js'

/** More of them by hand, as with the sessions of documents. */
const seeds = Number(process.env['FLOWSYNC_FUZZ_SEEDS'] ?? 150)
const firstSeed = Number(process.env['FLOWSYNC_FUZZ_FIRST'] ?? 1)
const DAMAGED = 12

/** Documents with a past, and all kinds of bytes that they make. */
function corpusOf<Document extends GraphDocument>(subject: GraphSubject<Document>, random: Random) {
  const { peers, steps } = makeScript(random, 5, 25)
  const session = new GraphSession(subject, Math.min(peers, 4))
  const max = session.peers.length
  const within = steps.filter((step) => !('peer' in step && step.peer >= max))
  for (const step of within) {
    if ('from' in step && step.from >= max) continue
    if ('to' in step && step.to >= max) continue
    if ('on' in step && step.on >= max) continue
    session.step(step)
  }
  const documents = session.peers.map(({ document }) => document)
  const [full] = documents
  if (!full) throw new Error('There is nobody.')
  const reader = subject.create(replicaId(8000))
  const encoder = subject.encoder(reader)
  reader.insert(0, 'so')
  const words = encoder.next() ?? new Uint8Array()
  for (const { bytes } of session.mails) {
    try {
      reader.merge(bytes)
    } catch {
      continue
    }
  }
  const more = encoder.next() ?? words
  const updates = [...session.mails.map(({ bytes }) => bytes), full.encodeSince([]), words, more]
  return {
    full,
    updates,
    saves: documents.flatMap((document) => [document.save(), document.snapshot()]),
    words,
    more,
  }
}

/** Two documents that hold the same. */
function twins<Document extends GraphDocument>(subject: GraphSubject<Document>, saved: Uint8Array) {
  return [subject.load(saved, replicaId(8001)), subject.load(saved, replicaId(8002))] as const
}

function attack<Document extends GraphDocument>(subject: GraphSubject<Document>, seed: number): void {
  const random = new Random(seed)
  const { full, updates, saves, words, more } = corpusOf(subject, random)
  const pool = [...updates, ...saves, Uint8Array.from({ length: 20 }, () => random.below(256))]
  const saved = full.save()
  const check = (bytes: Uint8Array) => {
    const [one, two] = twins(subject, saved)
    expect(mergeHostile(subject, one, bytes)).toEqual(mergeHostile(subject, two, bytes))
    const empty = subject.create(replicaId(8003))
    mergeHostile(subject, empty, bytes)
    expect(loadHostile(subject, bytes, words)).toEqual(loadHostile(subject, bytes, words))

    const decoded = subject.create(replicaId(8004))
    const decoder = subject.decoder(decoded)
    const merged = random.chance(0.5) ? 1 : 0
    if (merged > 0) decoder.merge(words)
    // With the number that is expected, so that more than that is read.
    const numbered = random.chance(0.5) ? bytes : Uint8Array.of(merged, ...bytes)
    const { code } = mergeHostile(subject, decoded, numbered, (update) => decoder.merge(update))
    // What was refused has not changed what the session knows either.
    if (code !== undefined && decoded.length > 0)
      mergeHostile(subject, decoded, more, (update) => decoder.merge(update))
  }
  for (let count = 0; count < DAMAGED; count++) {
    const bytes = damage(random, random.pick(pool), pool)
    try {
      check(bytes)
    } catch (cause) {
      const again = `FLOWSYNC_FUZZ_FIRST=${seed} FLOWSYNC_FUZZ_SEEDS=1`
      throw new Error(`Seed ${seed} fails (${again}) with [${bytes.join()}]: ${String(cause)}`, { cause })
    }
  }
}

/** Small inputs, with every number made huge in turn. */
function claimMuch<Document extends GraphDocument>(subject: GraphSubject<Document>): void {
  const author = subject.create(replicaId(1))
  const encoder = subject.encoder(author)
  author.insert(0, 'hello')
  const words = encoder.next() ?? new Uint8Array()
  author.replace(1, 3, '😀')
  const other = subject.create(replicaId(2))
  other.insert(0, 'x')
  other.insert(0, 'y')
  author.merge(other.encodeSince([]))
  author.delete(2, 1)
  for (const bytes of [
    words,
    author.encodeSince([]),
    author.encodeSince(other.version),
    author.save(),
    author.snapshot(),
  ]) {
    for (const claim of hugeClaims(bytes)) {
      const [one, two] = twins(subject, author.save())
      expect(mergeHostile(subject, one, claim)).toEqual(mergeHostile(subject, two, claim))
      mergeHostile(subject, subject.create(replicaId(4)), claim)
      loadHostile(subject, claim, words)
    }
  }
}

/** How many times longer a fresh document takes for four times as much, each shape of history in turn. */
function growths<Document extends GraphDocument>(subject: GraphSubject<Document>, n: number) {
  return Object.entries(SHAPES).map(([shape, make]) => {
    const [few, many] = [n, 4 * n].map((size) => {
      const start = performance.now()
      const update = make(subject, size)
      const built = performance.now() - start
      const times = [1, 2, 3].map((index) => {
        const before = performance.now()
        subject.create(replicaId(9000 + index)).merge(update)
        return performance.now() - before
      })
      return { bytes: update.length, built, merged: Math.min(...times) }
    })
    if (!few || !many) throw new Error('Nothing was measured.')
    return { shape, few, many, growth: many.merged / few.merged, builtGrowth: many.built / few.built }
  })
}

/** Measured by hand only: `FLOWSYNC_FUZZ_GROWTH=20000 vitest run --project unit document/hostile-bytes`. */
const growthOps = Number(process.env['FLOWSYNC_FUZZ_GROWTH'] ?? 0)
if (growthOps > 0) {
  describe('time', () => {
    it('grows no faster than three times what is merged', { timeout: Infinity }, () => {
      const measured = growths(textDocument, growthOps)
      console.table(
        measured.map(({ few, many, ...rest }) => ({
          ...rest,
          bytes: many.bytes,
          ms: [few.merged, many.merged, few.built, many.built].map(Math.round).join(' '),
        })),
      )
      for (const { shape, growth } of measured) expect(growth, shape).toBeLessThan(12)
    })
  })
}

describe('bytes from somebody who means harm', () => {
  it(`are refused or merged alike, ${seeds * DAMAGED} times`, { timeout: Infinity }, () => {
    for (let seed = firstSeed; seed < firstSeed + seeds; seed++) attack(textDocument, seed)
  })

  it('make nothing of huge claims', { timeout: Infinity }, () => {
    claimMuch(textDocument)
  })
})
