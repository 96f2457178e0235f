import { describe, expect, it } from 'vitest'
import { FlowSyncError } from './errors.js'
import { Fold, carryOver } from './fold.js'
import type { Op, ReplicaId, SequencedOp } from './op.js'
import { Random } from './tests/random.js'
import { createSession } from './tests/session.js'
import { encodeTextBody } from './text-codec.js'
import type { TextDelta } from './text-delta.js'
import { text } from './text.js'
import type { TextIntent } from './text.js'

const A = 'a'.repeat(32) as ReplicaId
const B = 'b'.repeat(32) as ReplicaId
const rule = text()
const { insert, delete: remove, replace } = rule.actions

/** A fold of a text, and a way to edit it. */
function typing(start: string, replica = A) {
  const fold = new Fold(rule, { state: Uint8Array.of(1, ...new TextEncoder().encode(start)), seq: 0 })
  let counter = 1
  return {
    fold,
    edit(intent: TextIntent) {
      const prepared = fold.prepare(intent, { replica, counter, nowMs: 0 })
      counter += prepared?.op.count ?? 0
      return prepared
    },
  }
}

function opOf(patch: TextDelta, seq: number, base: number, replica = B): SequencedOp {
  const count = patch.deleteCount + patch.insert.length
  return { replica, counter: seq, count, base, extra: [], seq, body: encodeTextBody(patch) }
}

describe('editing a text', () => {
  it.each<[string, TextIntent, string]>([
    ['inserts', insert(1, 'xyz'), 'axyzbcd'],
    ['deletes', remove(1, 2), 'ad'],
    ['replaces', replace(1, 2, 'x'), 'axd'],
    ['inserts at the end when the position is beyond', insert(99, 'x'), 'abcdx'],
    ['deletes no more than there is', remove(2, Number.MAX_SAFE_INTEGER), 'ab'],
    ['replaces nothing by something', replace(4, 0, 'x'), 'abcdx'],
  ])('%s', (_name, intent, expected) => {
    const { fold, edit } = typing('abcd')
    edit(intent)
    expect(fold.value).toBe(expected)
  })

  it.each<[string, TextIntent]>([
    ['an empty insert', insert(2, '')],
    ['an empty delete', remove(2, 0)],
    ['a delete behind the end', remove(9, 3)],
    ['a replacement of nothing by nothing', replace(1, 0, '')],
    ['a replacement by the same text', replace(0, 4, 'abcd')],
    ['a replacement of more than there is by the same text', replace(1, 99, 'bcd')],
  ])('makes no op of %s', (_name, intent) => {
    expect(typing('abcd').edit(intent)).toBeUndefined()
  })

  it.each<[string, unknown]>([
    ['a position below 0', { op: 'insert', pos: -1, text: 'x' }],
    ['a position between units', { op: 'insert', pos: 0.5, text: 'x' }],
    ['no position', { op: 'insert', text: 'x' }],
    ['a position that is no number', { op: 'delete', pos: '1', length: 1 }],
    ['no length', { op: 'delete', pos: 0 }],
    ['a length below 0', { op: 'replace', pos: 0, length: -1, text: '' }],
    ['no text', { op: 'replace', pos: 0, length: 1 }],
    ['text that is none', { op: 'insert', pos: 0, text: 5 }],
    ['the first half of a pair', { op: 'insert', pos: 0, text: 'a\ud83d' }],
    ['the second half of a pair', { op: 'replace', pos: 0, length: 0, text: '\ude00b' }],
    ['halves in the wrong order', { op: 'insert', pos: 0, text: '\ude00\ud83d' }],
    ['another operation', { op: 'mark', pos: 0 }],
    ['nothing', undefined],
  ])('refuses %s', (_name, intent) => {
    const { fold, edit } = typing('abcd')
    expect(() => edit(intent as TextIntent)).toThrow(expect.objectContaining({ code: 'op/invalid-intent' }))
    expect(fold.value).toBe('abcd')
  })

  it('takes of a replaced text only what is new', () => {
    const { fold, edit } = typing('the red 😀 fox')
    expect(edit(replace(0, 14, 'the blue 😀 fox'))?.deltas).toEqual([
      { position: 4, deleteCount: 3, insert: 'blue' },
    ])
    expect(edit(replace(9, 2, '😁'))?.op.count).toBe(4)
    expect(edit(replace(0, 99, `${fold.value}es`))?.op.count).toBe(2)
    expect(fold.value).toBe('the blue 😁 foxes')
  })

  it('hands out the same text until it changes, whatever is read in between', () => {
    const { fold, edit } = typing('abcd')
    const { value } = fold
    fold.encodeState()
    expect(fold.value).toBe(value)
    edit(insert(0, 'x'))
    expect(value).toBe('abcd')
  })

  it('keeps a byte order mark, and characters of any length', () => {
    const { fold, edit } = typing('')
    edit(insert(0, '\ufeffa\u0000é漢😀'))
    edit(insert(0, '\ufeff'))
    expect(fold.value).toBe('\ufeff\ufeffa\u0000é漢😀')
    fold.receive({ ...(fold.pending[0]?.op as Op), seq: 1 })
    fold.receive({ ...(fold.pending[0]?.op as Op), seq: 2 })
    expect(new Fold(rule, { state: fold.encodeState(), seq: 2 }).value).toBe(fold.value)
  })
})

describe('surrogate pairs', () => {
  it.each<[string, TextDelta, string]>([
    ['text inserted within one goes before it', { position: 2, deleteCount: 0, insert: 'x' }, 'ax😀b😀'],
    ['one that is deleted from its middle goes', { position: 2, deleteCount: 2, insert: '' }, 'a😀'],
    ['one that is deleted up to its middle goes', { position: 0, deleteCount: 2, insert: '' }, 'b😀'],
    ['both edges are widened', { position: 2, deleteCount: 3, insert: 'x' }, 'ax'],
    ['the end of the text is no middle', { position: 6, deleteCount: 9, insert: 'x' }, 'a😀b😀x'],
    ['nothing within one stays nothing', { position: 2, deleteCount: 0, insert: '' }, 'a😀b😀'],
  ])('%s', (_name, patch, expected) => {
    const { fold } = typing('a😀b😀')
    fold.applyOwn(patch, { replica: A, counter: 1 })
    expect(fold.value).toBe(expected)
    if (patch.insert === '' && patch.deleteCount === 0) return
    // The same for an op of another replica that is concurrent with one of ours.
    const concurrent = typing('a😀b😀')
    concurrent.edit(insert(6, '.'))
    concurrent.fold.receive(opOf(patch, 1, 0))
    expect(concurrent.fold.value.replace('.', '')).toBe(expected)
  })

  it('are known even when the document has lost them', () => {
    const { fold, edit } = typing('a😀b')
    edit(remove(0, 4))
    fold.receive(opOf({ position: 2, deleteCount: 0, insert: '1' }, 1, 0))
    fold.receive(opOf({ position: 3, deleteCount: 0, insert: '2' }, 2, 0))
    // Both stood before the 😀, in the order in which B typed them.
    expect(fold.value).toBe('12')
  })
})

describe('texts edited at once', () => {
  it('are the same everywhere', () => {
    const session = createSession(rule, 3)
    session.edit(0, insert(0, 'shared'))
    session.send(0)
    session.pull()
    session.edit(0, replace(0, 6, 'mine'))
    session.edit(1, insert(3, '-'))
    session.edit(2, insert(6, '!'))
    session.send(2, 0, 1)
    session.pull()
    // What the others inserted survives the replacement of all around it.
    expect(session.value(0)).toBe('mine-!')
    expect(session.value(1)).toBe('mine-!')
    expect(session.state(2)).toEqual(session.state(0))
  })

  it.each([
    ['forwards', 'forwards'],
    ['forwards', 'backwards'],
    ['backwards', 'forwards'],
    ['backwards', 'backwards'],
  ])('never interleave what is typed %s with what is typed %s', (first, second) => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const session = createSession(rule, 3)
      session.edit(2, insert(0, '[]'))
      session.send(2)
      session.pull()
      const type = (client: number, way: string, word: string) => {
        const chars = [...word]
        chars.forEach((char, index) => {
          session.edit(
            client,
            way === 'forwards' ? insert(1 + index, char) : insert(1, chars.at(-1 - index) ?? ''),
          )
        })
      }
      type(0, first, 'hello')
      type(1, second, 'WORLD')
      session.send(...order)
      session.pull()
      expect(['[helloWORLD]', '[WORLDhello]']).toContain(session.value(2))
      expect(session.value(0)).toBe(session.value(2))
      expect(session.value(1)).toBe(session.value(2))
    }
  })

  it('keep what others wrote when one of them replaces the whole text by an edited one', () => {
    const session = createSession(rule, 2)
    session.edit(0, insert(0, 'Buy milk'))
    session.send(0)
    session.pull()
    session.edit(0, replace(0, 8, 'Buy oat milk'))
    session.edit(1, replace(0, 8, 'Buy milk today'))
    session.send(0, 1)
    session.pull()
    expect([session.value(0), session.value(1)]).toEqual(['Buy oat milk today', 'Buy oat milk today'])
  })

  it('never interleave what is typed in two parts, the later part first', () => {
    const session = createSession(rule, 2)
    for (const client of [0, 1]) {
      const word = client === 0 ? 'abcdef' : 'UVWXYZ'
      for (const char of word.slice(3)) session.edit(client, insert([...session.value(client)].length, char))
      for (const [index, char] of [...word.slice(0, 3)].entries()) session.edit(client, insert(index, char))
    }
    session.send(0, 1)
    session.pull()
    expect(['abcdefUVWXYZ', 'UVWXYZabcdef']).toContain(session.value(0))
  })

  it('tell what changed in the text as it is now', () => {
    const { fold, edit } = typing('one two three')
    edit(insert(0, '>> '))
    expect(fold.receive(opOf({ position: 4, deleteCount: 3, insert: '2' }, 1, 0))).toEqual({
      kind: 'applied',
      deltas: [{ position: 7, deleteCount: 3, insert: '2' }],
    })
    edit(insert(7, '___'))
    // Units that were deleted before are not told again; what is between is not told as deleted.
    const second = opOf({ position: 3, deleteCount: 3, insert: '' }, 2, 1)
    expect(fold.receive(second)).toEqual({
      kind: 'applied',
      deltas: [
        { position: 6, deleteCount: 1, insert: '' },
        { position: 9, deleteCount: 2, insert: '' },
      ],
    })
    expect(fold.value).toBe('>> one___three')
  })
})

describe('two long branches', () => {
  const LENGTH = 10_000

  /** Ops made offline on `start`, by a person who types as `style` says. */
  function branch(replica: ReplicaId, start: string, style: string): Op[] {
    const random = new Random(replica.charCodeAt(0))
    const { fold, edit } = typing(start, replica)
    let caret = 10
    let { length } = start
    for (let index = 0; index < LENGTH; index++) {
      if (style === 'anywhere' || (style === 'in bursts' && random.chance(0.02))) caret = random.below(length)
      const isDeletion = style !== 'backwards' && caret > 0 && random.chance(0.2)
      edit(isDeletion ? remove(caret - 1, 1) : insert(caret, 'x'))
      length += isDeletion ? -1 : 1
      if (style !== 'backwards') caret += isDeletion ? -1 : 1
    }
    return fold.pending.map(({ op }) => op)
  }

  // Runs into the time limit when merging takes quadratic time.
  it.each(['in bursts', 'anywhere', 'backwards', 'forwards'])('typed %s merge in any order', (style) => {
    const start = 'lorem ipsum '.repeat(100)
    const branches = [branch(A, start, style), branch(B, start, style)]
    const values = [branches, [...branches].reverse()].map((order) => {
      const { fold } = typing(start)
      order.flat().forEach((op, index) => fold.receive({ ...op, seq: index + 1 }))
      return fold.value
    })
    expect(values[0] === values[1]).toBe(true)
  })
})

describe('a text from a snapshot', () => {
  it('merges what was made on its seq or later and asks for history otherwise', () => {
    const fold = new Fold(rule, { state: Uint8Array.of(1, 0x61, 0x62), seq: 7 })
    expect(fold.floor).toBe(7)
    expect(fold.receive(opOf({ position: 0, deleteCount: 0, insert: 'x' }, 8, 6))).toEqual({
      kind: 'needs-history',
      base: 6,
    })
    expect(fold.receive(opOf({ position: 1, deleteCount: 0, insert: 'x' }, 8, 7)).kind).toBe('applied')
    expect(fold.receive(opOf({ position: 2, deleteCount: 0, insert: 'y' }, 9, 7, A)).kind).toBe('applied')
    expect(fold.value).toBe('axby')
  })

  it('is the text alone, whatever made it', () => {
    const { fold, edit } = typing('')
    edit(insert(0, 'abc'))
    edit(remove(1, 1))
    fold.receive({ ...(fold.pending[0]?.op as Op), seq: 1 })
    fold.receive({ ...(fold.pending[0]?.op as Op), seq: 2 })
    expect([...fold.encodeState()]).toEqual([1, 0x61, 0x63])
  })
})

describe('pending edits of a text', () => {
  it('are carried over to what the hub has', () => {
    const mint = (count: number) => ({ replica: B, counter: count })
    const made = typing('hello world')
    const ops = [made.edit(insert(5, ',')), made.edit(replace(7, 5, 'all')), made.edit(remove(0, 5))]
    const pending = ops.map((prepared) => ({ op: prepared?.op as Op, keep: true }))
    const source = typing('hello world').fold
    const target = typing('>> hello world').fold
    expect(carryOver(pending, source, target, mint)).toHaveLength(3)
    expect(target.value).toBe('>> , all')
  })

  it('are dropped when nothing is left to do', () => {
    const made = typing('ab')
    const pending = [{ op: made.edit(remove(1, 1))?.op as Op, keep: true }]
    const target = typing('a').fold
    expect(carryOver(pending, typing('ab').fold, target, () => ({ replica: B, counter: 1 }))).toEqual([])
    expect(target.value).toBe('a')
  })

  it('of a body that does not fit its count are not folded', () => {
    const { fold } = typing('ab')
    const op = { ...opOf({ position: 0, deleteCount: 0, insert: 'x' }, 1, 0), count: 2 }
    expect(fold.receive(op)).toEqual({ kind: 'ignored', error: expect.any(FlowSyncError) as unknown })
  })
})
