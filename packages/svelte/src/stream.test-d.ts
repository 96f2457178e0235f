import type { DeepReadonly, Receipt } from '@flowsync/core'
import type { Readable } from 'svelte/store'
import { expectTypeOf, test } from 'vitest'
import type {} from './tests/report.js'
import { stream } from './index.js'

interface Note {
  title: string
  tags: string[]
}

test('the name decides what a stream is', () => {
  const doc = stream('doc:readme')
  expectTypeOf(doc.current).toEqualTypeOf<string>()
  expectTypeOf(doc).toExtend<Readable<string>>()
  expectTypeOf(doc.insert).parameters.toEqualTypeOf<[pos: number, text: string]>()
  expectTypeOf(doc.push({ op: 'insert', pos: 0, text: 'hi' })).toEqualTypeOf<Receipt>()
  expectTypeOf(doc.snapshot.value).toEqualTypeOf<string>()
  expectTypeOf(stream('notes:mine').current).toEqualTypeOf<readonly DeepReadonly<Note>[]>()
})

test('what bind: on a value would compile to does not', () => {
  const notes = stream('notes:mine')
  const note = notes.current[0]
  if (!note) return
  // @ts-expect-error bind:value={note.title}
  note.title = 'New'
  // @ts-expect-error bind:value={note.tags[0]}
  note.tags[0] = 'new'
  // @ts-expect-error bind:value={doc.current}
  stream('doc:readme').current = 'New'
})

test('mistakes do not compile', () => {
  // @ts-expect-error no pattern covers the name
  stream('unknown:readme')
  const doc = stream('doc:readme')
  // @ts-expect-error a text has no append
  doc.push({ op: 'append', value: 'x' })
  // @ts-expect-error a text has no append
  void doc.append
})
