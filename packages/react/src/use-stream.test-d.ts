import type { DeepReadonly, Receipt } from '@flowsync/core'
import { expectTypeOf, test } from 'vitest'
import type {} from './tests/probe.js'
import { useStream, useStreamSnapshot, useStreamValue } from './index.js'

interface Note {
  title: string
  tags: string[]
}

test('the name decides what a stream is', () => {
  const [value, push, doc, snapshot] = useStream('doc:readme')
  expectTypeOf(value).toEqualTypeOf<string>()
  expectTypeOf(doc.insert).parameters.toEqualTypeOf<[pos: number, text: string]>()
  expectTypeOf(push({ op: 'insert', pos: 0, text: 'hi' })).toEqualTypeOf<Receipt>()
  expectTypeOf(snapshot.value).toEqualTypeOf<string>()
  const [notes, , list] = useStream('notes:mine')
  expectTypeOf(notes).toEqualTypeOf<readonly DeepReadonly<Note>[]>()
  expectTypeOf(list.append).parameter(0).toEqualTypeOf<DeepReadonly<Note>>()
})

test('a selector decides what is shown', () => {
  expectTypeOf(useStreamValue('doc:readme')).toEqualTypeOf<string>()
  expectTypeOf(useStreamValue('doc:readme', (text) => text.length)).toEqualTypeOf<number>()
  expectTypeOf(useStreamSnapshot('notes:mine').value).toEqualTypeOf<readonly DeepReadonly<Note>[]>()
})

test('values cannot be written, and what was read can be pushed', () => {
  const [notes, push] = useStream('notes:mine')
  const [note] = notes
  if (!note) return
  // @ts-expect-error a value is read-only
  note.title = 'New'
  // @ts-expect-error at every level
  void note.tags.push
  push({ op: 'append', value: note })
  push({ op: 'append', value: { ...note, tags: [...note.tags, 'new'] } })
})

test('mistakes do not compile', () => {
  // @ts-expect-error no pattern covers the name
  useStream('unknown:readme')
  const [, push, doc] = useStream('doc:readme')
  // @ts-expect-error a text has no append
  push({ op: 'append', value: 'x' })
  // @ts-expect-error a text has no append
  void doc.append
  // @ts-expect-error the value is a text
  useStreamValue('doc:readme', (text: number) => text)
})
