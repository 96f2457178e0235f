import { describe, expect, it } from 'vitest'
import { Fold } from '../fold.js'
import type { Op } from '../op.js'
import { textDocument } from '../tests/graph-document.js'
import { replicaId } from '../tests/graph-subject.js'
import type { GraphDocument, GraphSubject } from '../tests/graph-subject.js'
import { keystrokes, makeWords } from '../tests/graph-words.js'
import type { TypedWord } from '../tests/graph-words.js'
import { Random } from '../tests/random.js'
import { text } from '../text.js'

const BASES = ['', '[]', '(-)'] as const

/** Types all words at once, in the middle of a text, and lets everybody merge everything in some order. */
function throughDocuments<Document extends GraphDocument>(
  subject: GraphSubject<Document>,
  random: Random,
  words: readonly TypedWord[],
): readonly string[] {
  const base = random.pick(BASES)
  const origin = subject.create(replicaId(random.below(1000)))
  if (base !== '') origin.insert(0, base)
  const people = words.map((word, index) => {
    const document = subject.create(replicaId(1000 * (index + 1) + random.below(1000)))
    document.merge(origin.encodeSince([]))
    const updates: Uint8Array[] = []
    for (const [position, char] of keystrokes(word, base.length >> 1)) {
      const before = document.version
      document.insert(position, char)
      updates.push(document.encodeSince(before))
    }
    return { document, updates }
  })
  return people.map(({ document }, reader) => {
    const queues = people.filter((_, author) => author !== reader).map(({ updates }) => [...updates])
    for (let open = queues; open.length > 0; open = open.filter((queue) => queue.length > 0)) {
      document.merge(random.pick(open).shift() ?? new Uint8Array())
    }
    return document.value
  })
}

/** The same with a hub that gives the keystrokes some order. */
function throughHub(random: Random, words: readonly TypedWord[]): readonly string[] {
  const base = random.pick(BASES)
  const hub = new Fold(text())
  const place = (op: Op) => expect(hub.receive({ ...op, seq: hub.seq + 1 }).kind).toBe('applied')
  const origin = new Fold(text()).prepare(
    { op: 'insert', pos: 0, text: base },
    { replica: replicaId(random.below(1000)), counter: 1, nowMs: 0 },
  )
  if (origin) place(origin.op)
  const start = { state: hub.encodeState(), seq: hub.seq }

  const queues = words.map((word, index) => {
    const fold = new Fold(text(), start)
    const replica = replicaId(1000 * (index + 1) + random.below(1000))
    return [...keystrokes(word, base.length >> 1)].flatMap(([pos, char], stroke) => {
      const made = fold.prepare({ op: 'insert', pos, text: char }, { replica, counter: stroke + 1, nowMs: 0 })
      return made ? [made.op] : []
    })
  })
  for (let open = queues; open.length > 0; open = open.filter((queue) => queue.length > 0)) {
    const op = random.pick(open).shift()
    if (op) place(op)
  }
  return [hub.value]
}

function checkWords(
  seeds: number,
  type: (random: Random, words: readonly TypedWord[]) => readonly string[],
): void {
  for (let seed = 1; seed <= seeds; seed++) {
    const random = new Random(seed)
    const words = makeWords(random)
    const [value = '', ...others] = type(random, words)
    for (const other of others) expect(other).toBe(value)
    for (const { word } of words) expect(value, `seed ${seed}: ${JSON.stringify(words)}`).toContain(word)
  }
}

describe('words that are typed at once in one place, forwards or backwards', () => {
  it('stay whole in a document', () => {
    checkWords(2000, (random, words) => throughDocuments(textDocument, random, words))
  })

  it('stay whole in a stream', () => {
    checkWords(2000, throughHub)
  })
})
