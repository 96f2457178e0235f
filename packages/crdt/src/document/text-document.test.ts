import { describe, expect, it } from 'vitest'
import type { ReplicaId } from '../op.js'
import { applyTextDeltas } from '../text-delta.js'
import { TextDocument } from './text-document.js'
import { TextHistory, blame, textAt, textDiff } from './text-history.js'
import { UpdateDecoder } from './update-decoder.js'
import { UpdateEncoder } from './update-encoder.js'

const A = 'a'.repeat(32) as ReplicaId
const B = 'b'.repeat(32) as ReplicaId
const C = 'c'.repeat(32) as ReplicaId
const NOTHING = new Uint8Array()
const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex')
const refusal = (code: string) => expect.objectContaining({ code }) as Error

/** Two documents that hold the same text. */
function pair(text: string): [TextDocument, TextDocument] {
  const one = new TextDocument(A)
  one.insert(0, text)
  const other = new TextDocument(B)
  other.merge(one.encodeSince([]))
  return [one, other]
}

describe('a document', () => {
  it('is edited', () => {
    const document = new TextDocument(A)
    document.insert(0, 'hello')
    document.insert(99, ' world')
    document.replace(0, 1, 'J')
    document.delete(5, 99)
    expect([document.value, document.length]).toEqual(['Jello', 5])
    expect(document.value).toBe(document.value)
    document.insert(2, '')
    document.delete(9, 9)
    expect(document.version).toEqual([{ replica: A, counter: 19 }])
  })

  it('takes of a replaced text only what is new', () => {
    const document = new TextDocument(A)
    document.insert(0, 'the red 😀')
    document.replace(0, 99, 'the blue 😀')
    document.replace(0, 11, 'the blue 😀')
    document.replace(9, 2, '😁')
    expect([document.value, document.version]).toEqual(['the blue 😁', [{ replica: A, counter: 21 }]])
  })

  it('hands out no version that can be changed under it', () => {
    expect(Object.isFrozen(new TextDocument(A).version)).toBe(true)
    const [document] = pair('text')
    document.erase()
    expect([document.version, ...document.version].every(Object.isFrozen)).toBe(true)
  })

  it('never splits a surrogate pair', () => {
    const document = new TextDocument(A)
    document.insert(0, 'a😀b')
    document.insert(2, 'x')
    expect(document.value).toBe('ax😀b')
    document.delete(3, 1)
    expect(document.value).toBe('axb')
  })

  it.each<[string, (document: TextDocument) => void]>([
    ['a negative position', (document) => document.insert(-1, 'x')],
    ['half a position', (document) => document.delete(0.5, 1)],
    ['no length', (document) => document.delete(0, Number.NaN)],
    ['half a pair', (document) => document.insert(0, '\ud83d')],
    ['half a pair in place of something', (document) => document.replace(0, 1, 'x\ude00')],
    ['no text', (document) => document.insert(0, 7 as unknown as string)],
    ['nothing at all', (document) => document.insert(0, null as unknown as string)],
    ['a list of one letter', (document) => document.insert(0, ['x'] as unknown as string)],
  ])('refuses %s', (_name, edit) => {
    const [document] = pair('text')
    expect(() => edit(document)).toThrow(refusal('op/invalid-intent'))
    expect([document.value, document.version]).toEqual(['text', [{ replica: A, counter: 4 }]])
  })

  it('wants a replica id', () => {
    expect(() => new TextDocument('me' as ReplicaId)).toThrow(refusal('config/invalid'))
  })
})

describe('documents that exchange updates', () => {
  it('end with the same text, and tell what changed', () => {
    const [one, other] = pair('the cat')
    one.insert(4, 'black ')
    other.insert(7, ' sat')
    const before = other.value
    const deltas = other.merge(one.encodeSince(other.vector))
    one.merge(other.encodeSince(one.vector))
    expect([one.value, other.value]).toEqual(['the black cat sat', 'the black cat sat'])
    expect(deltas).toEqual([{ position: 4, deleteCount: 0, insert: 'black ' }])
    expect(applyTextDeltas(before, deltas)).toBe(other.value)
    expect(one.version).toEqual([
      { replica: A, counter: 13 },
      { replica: B, counter: 4 },
    ])
  })

  it('send what the other lacks, by its vector, though its newest ops are unknown', () => {
    const [one, other] = pair('a long text that nobody sends twice')
    one.insert(0, 'x')
    other.insert(0, 'y')
    expect(one.encodeSince(other.vector).length).toBeLessThan(50)
    expect(one.encodeSince(other.version).length).toBeGreaterThan(50)
  })

  it('merge the same update twice without a change', () => {
    const [one, other] = pair('abc')
    one.insert(3, 'd')
    const update = one.encodeSince([])
    expect(other.merge(update)).toHaveLength(1)
    expect(other.merge(update)).toEqual([])
    expect(other.value).toBe('abcd')
  })

  it('refuse what builds on ops they lack, and name those', () => {
    const [one, other] = pair('abc')
    const version = one.version
    one.insert(3, 'd')
    const first = one.encodeSince(version)
    const between = one.version
    one.insert(4, 'e')
    expect(() => other.merge(one.encodeSince(between))).toThrow(
      expect.objectContaining({
        code: 'update/missing-parents',
        retryable: true,
        details: { missing: [{ replica: A, counter: 4 }] },
      }) as Error,
    )
    expect(other.value).toBe('abc')
    other.merge(first)
    other.merge(one.encodeSince(between))
    expect(other.value).toBe('abcde')
  })

  it('refuse other bytes', () => {
    const [document] = pair('abc')
    for (const bytes of [[], [0], [1], [1, 0, 0, 0, 65], [1, 0, 1, 0, 0, 0, 0, 0]]) {
      expect(() => document.merge(Uint8Array.from(bytes))).toThrow(refusal('update/invalid'))
    }
    expect(document.value).toBe('abc')
  })
})

describe('a session', () => {
  it('takes three bytes for a typed character, and two for a backspace', () => {
    const one = new TextDocument(A)
    const other = new TextDocument(B)
    const encoder = new UpdateEncoder(one)
    const decoder = new UpdateDecoder(other)
    const send = () => {
      const update = encoder.next()
      if (update) decoder.merge(update)
      return hex(update)
    }
    expect(send()).toBe('')
    one.insert(0, 'h')
    // Number, head, new replica and its id, counter as expected, no parents; then the character.
    expect(send()).toBe(`00${'20'}${'00'}${A}${'00'}${'01'}68`)
    one.insert(1, 'i')
    expect(send()).toBe('010069')
    one.delete(1, 1)
    expect(send()).toBe('0205')
    one.insert(0, 'é')
    expect(send()).toBe('031402c3a9')
    one.insert(2, '!')
    expect(send()).toBe('04080221')
    expect(other.value).toBe('éh!')
  })

  it('may begin with a deletion of what the other side has', () => {
    const [one, other] = pair('x')
    const encoder = new UpdateEncoder(one)
    one.delete(0, 1)
    new UpdateDecoder(other).merge(encoder.next() ?? new Uint8Array())
    expect(other.value).toBe('')
  })

  it('goes on when the document opens its history', () => {
    const [one, other] = pair('abc')
    const loaded = TextDocument.load(one.save(), C)
    const encoder = new UpdateEncoder(loaded)
    const decoder = new UpdateDecoder(other)
    loaded.insert(3, 'd')
    decoder.merge(encoder.next() ?? new Uint8Array())
    loaded.insert(4, 'e')
    expect(textAt(loaded, one.version)).toBe('abc')
    loaded.delete(0, 1)
    decoder.merge(encoder.next() ?? new Uint8Array())
    expect(other.value).toBe('bcde')
  })

  it('goes on after an update that came too early', () => {
    const [one, other] = pair('abc')
    const encoder = new UpdateEncoder(one)
    const decoder = new UpdateDecoder(other)
    const third = new TextDocument(C)
    third.merge(one.encodeSince([]))
    third.insert(3, 'd')
    one.merge(third.encodeSince([]))
    one.insert(4, 'e')
    const update = encoder.next() ?? new Uint8Array()
    const late = new TextDocument(B)
    expect(() => new UpdateDecoder(late).merge(update)).toThrow(refusal('update/missing-parents'))
    decoder.merge(update)
    one.insert(5, 'f')
    decoder.merge(encoder.next() ?? new Uint8Array())
    expect(other.value).toBe('abcdef')
  })

  it('goes on after an erasure of what had several heads', () => {
    const [one, other] = [new TextDocument(A), new TextDocument(B)]
    const middle = new TextDocument(C)
    const far = new TextDocument('d'.repeat(32) as ReplicaId)
    const encoder = new UpdateEncoder(middle)
    const decoder = new UpdateDecoder(far)
    one.insert(0, 'OOOO')
    other.insert(0, 'XX')
    middle.merge(one.encodeSince([]))
    middle.merge(other.encodeSince([]))
    decoder.merge(encoder.next() ?? NOTHING)
    other.merge(one.encodeSince([]))
    middle.erase()
    // The next op of the author whom the session heard last: it knows both heads, not that author's alone.
    other.insert(5, 'z')
    middle.merge(other.encodeSince(middle.vector))
    decoder.merge(encoder.next() ?? NOTHING)
    expect([other.value, middle.value, far.value]).toEqual(['OOOOXzX', 'OOOOXzX', 'OOOOXzX'])
  })

  it("takes every op to know its author's former one, whatever it says", () => {
    const one = new TextDocument(A)
    const other = new TextDocument(B)
    const encoder = new UpdateEncoder(one)
    const decoder = new UpdateDecoder(other)
    one.insert(0, 'so')
    decoder.merge(encoder.next() ?? new Uint8Array())
    // A deletion at the caret by the same author, the counter as expected, no parents.
    decoder.merge(Uint8Array.from([1, 0x21, 0, 0, 1]))
    expect(other.version).toEqual([{ replica: A, counter: 3 }])
    const loaded = TextDocument.load(other.save(), C)
    loaded.insert(1, 'x')
    other.merge(loaded.encodeSince(other.vector))
    expect(loaded.value).toBe('sxo')
    expect(other.value).toBe('sxo')
  })

  it('takes an op that names a parent twice for one that names it once', () => {
    const other = new TextDocument(B)
    other.insert(0, '987')
    const start = Buffer.from(`00${'30'}${'00'}${A}${'00'}${'01'}${'03'}313233`, 'hex')
    // An ASCII character where the caret is, by the same author, whose parents are its third unit and that again.
    const forged = Buffer.from(`20${'00'}${'00'}${'03'}${'0003'}${'0003'}${'21'}`, 'hex')
    const [apart, together] = [new TextDocument(C), new TextDocument('d'.repeat(32) as ReplicaId)]
    const decoder = new UpdateDecoder(apart)
    decoder.merge(start)
    apart.merge(other.encodeSince([]))
    decoder.merge(Buffer.concat([Uint8Array.of(1), forged]))
    together.merge(other.encodeSince([]))
    new UpdateDecoder(together).merge(Buffer.concat([start, forged]))
    expect([apart.value, apart.version]).toEqual([together.value, together.version])
    expect(apart.version).toEqual([
      { replica: A, counter: 4 },
      { replica: B, counter: 3 },
    ])
  })

  it('refuses what was lost, repeated or misplaced before it disturbs anything', () => {
    const [one, other] = pair('abc')
    const encoder = new UpdateEncoder(one)
    const decoder = new UpdateDecoder(other)
    const updates = ['d', 'e', 'f'].map((letter, index) => {
      one.insert(3 + index, letter)
      return encoder.next() ?? new Uint8Array()
    })
    const [first, second, third] = updates as [Uint8Array, Uint8Array, Uint8Array]
    expect(() => decoder.merge(second)).toThrow(
      expect.objectContaining({
        code: 'update/out-of-order',
        details: { expected: 0, received: 1 },
      }) as Error,
    )
    decoder.merge(first)
    expect(() => decoder.merge(first)).toThrow(refusal('update/out-of-order'))
    expect(() => decoder.merge(third)).toThrow(refusal('update/out-of-order'))
    expect(other.value).toBe('abcd')
    decoder.merge(second)
    decoder.merge(third)
    expect(other.value).toBe('abcdef')
  })

  it('says so when ops were erased before they were sent', () => {
    const [one] = pair('abc')
    const encoder = new UpdateEncoder(one)
    one.insert(3, 'd')
    one.erase()
    expect(() => encoder.next()).toThrow(refusal('update/needs-history'))
  })
})

describe('a saved document', () => {
  it('has known bytes, and continues as the original would', () => {
    const [one] = pair('hi')
    const saved = one.save()
    // Format, text, one replica with two ops, which are the newest; one update.
    const update = `01${'01'}${A}${'01'}${'00'}${'00'}${'04'}${'01'}${'01'}${'08'}${'00'}6869`
    expect(hex(saved)).toBe(`01${'02'}6869${'01'}${A}02${'01'}${'00'}02${'02'}${'1c'}${update}`)
    expect(hex(one.encodeSince([]))).toBe(update)
    const loaded = TextDocument.load(saved, C)
    loaded.insert(2, '!')
    one.merge(loaded.encodeSince(one.vector))
    expect([one.value, loaded.value]).toEqual(['hi!', 'hi!'])
    expect(textAt(loaded, [{ replica: A, counter: 1 }])).toBe('h')
  })

  it('decodes its history only when it must, and refuses one that does not make its text', () => {
    const [one] = pair('hi')
    const forged = one.save()
    forged[2] = 'H'.charCodeAt(0)
    const loaded = TextDocument.load(forged, C)
    loaded.insert(0, '-')
    expect(loaded.value).toBe('-Hi')
    expect(() => textAt(loaded, [])).toThrow(refusal('state/invalid'))
    expect(loaded.value).toBe('-Hi')
  })

  it.each([
    ['nothing', ''],
    ['another format', '00'],
    ['text that is no UTF-8', '0101ff000000'],
    ['ops without a newest one', `010001${A}010000`],
    ['a newest op beyond the last', `010001${A}0101000200`],
    ['more than it needs', '01000000000000'],
  ])('is none of %s', (_name, bytes) => {
    expect(() => TextDocument.load(new Uint8Array(Buffer.from(bytes, 'hex')), C)).toThrow(
      refusal('state/invalid'),
    )
  })
})

describe('a document from a snapshot', () => {
  it('merges what was made since, and says when history is needed', () => {
    const [one, other] = pair('abc')
    const joiner = TextDocument.load(one.snapshot(), C)
    other.insert(0, '>')
    joiner.merge(other.encodeSince(joiner.version))
    expect(joiner.value).toBe('>abc')

    const late = new TextDocument('d'.repeat(32) as ReplicaId)
    late.insert(0, 'alone')
    expect(() => joiner.merge(late.encodeSince([]))).toThrow(refusal('update/needs-history'))
    expect(() => joiner.encodeSince([])).toThrow(refusal('update/needs-history'))
    expect(() => textAt(joiner, [])).toThrow(refusal('update/needs-history'))
    expect(joiner.value).toBe('>abc')
  })

  it('keeps its own ops when it is saved', () => {
    const [one] = pair('abc')
    const joiner = TextDocument.load(one.snapshot(), C)
    joiner.insert(3, 'd')
    const again = TextDocument.load(joiner.save(), B)
    one.merge(again.encodeSince(one.version))
    expect([again.value, one.value]).toEqual(['abcd', 'abcd'])
  })

  it('is what erasing leaves', () => {
    const [one, other] = pair('abc')
    one.erase()
    expect(hex(one.save())).toBe(hex(other.snapshot()))
    one.insert(3, 'd')
    other.merge(one.encodeSince(other.version))
    expect(other.value).toBe('abcd')
  })
})

describe('the history of a document', () => {
  const one = new TextDocument(A)
  one.insert(0, 'the cat')
  const first = one.version
  const other = TextDocument.load(one.save(), B)
  one.replace(4, 3, 'dog')
  const dog = one.version
  other.insert(7, ' sat')
  one.merge(other.encodeSince(one.vector))

  it('gives back any version', () => {
    const history = new TextHistory(one)
    expect([[], first, dog, other.version, one.version].map((version) => history.at(version))).toEqual([
      '',
      'the cat',
      'the dog',
      'the cat sat',
      'the dog sat',
    ])
  })

  it('tells what leads from one version to another, in any direction', () => {
    const versions = [[], first, dog, other.version, one.version]
    for (const from of versions) {
      for (const to of versions) {
        expect(applyTextDeltas(textAt(one, from), textDiff(one, from, to))).toBe(textAt(one, to))
      }
    }
    expect(textDiff(one, dog, other.version)).toEqual([
      { position: 4, deleteCount: 3, insert: '' },
      { position: 4, deleteCount: 0, insert: 'cat' },
      { position: 7, deleteCount: 0, insert: ' sat' },
    ])
  })

  it('follows the document', () => {
    const document = new TextDocument(C)
    document.insert(0, 'ab')
    const history = new TextHistory(document)
    const two = document.version
    document.insert(1, 'X')
    expect(history.blame().map(({ counter }) => counter)).toEqual([1, 3, 2])
    document.delete(0, 1)
    expect([history.at(two), history.at(document.version)]).toEqual(['ab', 'Xb'])
    document.insert(2, '!')
    expect(history.diff(two, document.version)).toEqual([
      { position: 0, deleteCount: 1, insert: '' },
      { position: 0, deleteCount: 0, insert: 'X' },
      { position: 2, deleteCount: 0, insert: '!' },
    ])
  })

  it('tells who wrote what', () => {
    expect(blame(one)).toEqual([
      { length: 4, replica: A, counter: 1 },
      { length: 3, replica: A, counter: 11 },
      { length: 4, replica: B, counter: 1 },
    ])
    expect(blame(TextDocument.load(one.snapshot(), C))).toEqual([
      { length: 11, replica: undefined, counter: 0 },
    ])
  })
})
