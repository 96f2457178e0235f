import { describe, expect, it } from 'vitest'
import { counter } from './counter.js'
import { doc } from './doc.js'
import { Fold } from './fold.js'
import { list } from './list.js'
import { log } from './log.js'
import { map } from './map.js'
import { richText } from './marks/rich-text.js'
import type { ReplicaId } from './op.js'
import { register } from './register.js'
import type { AnyMergeRule } from './rule.js'
import { set } from './set.js'
import { text } from './text.js'

function refusal(rule: AnyMergeRule, intent: unknown): unknown {
  try {
    new Fold(rule).prepare(intent, { replica: 'a'.repeat(32) as ReplicaId, counter: 1, nowMs: 0 })
    return undefined
  } catch (error) {
    return error
  }
}

describe('a value that is pushed as if it were an edit', () => {
  it.each<[string, AnyMergeRule, unknown, string]>([
    ['a text', text(), 'hello', 'A text takes edits, not a whole text. Bind a field with <SharedTextarea>'],
    [
      'a text by the op of a register',
      text(),
      { op: 'set', value: 'hello' },
      'stream.replace(position, length',
    ],
    ['a rich text', richText(), 'hello', 'stream.replace(position, length'],
    ['a number', counter(), 3, 'stream.increment(amount)'],
    [
      'a number by the op of a register',
      counter(),
      { op: 'set', value: 3 },
      'A number that is set is a register',
    ],
    ['a list', list(), ['milk'], 'stream.append(...items)'],
    ['an item, as arrays take it', list(), { title: 'milk' }, 'stream.append(...items)'],
    ['a set', set(), new Set(['Ann']), 'stream.add(value)'],
    ['a map', map(), { a: 1 }, 'stream.set(key, value)'],
    ['an entry', log(), { text: 'hi' }, 'stream.append(entry)'],
    ['a value', register(), 'hello', 'stream.set(value)'],
    ['a document', doc(), { title: 'hello' }, 'stream.set(path, value)'],
    [
      'a key where a path belongs',
      doc(),
      { op: 'set', path: 'title', value: 1 },
      'an array of keys and indices, such',
    ],
  ])('is refused with the right way: %s', (_what, rule, intent, remedy) => {
    expect(refusal(rule, intent)).toMatchObject({
      code: 'op/invalid-intent',
      message: expect.stringContaining(remedy) as string,
    })
  })
})
