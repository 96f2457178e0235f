import type { Receipt } from '@flowsync/core'
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
  expectTypeOf(stream('notes:mine').current).toEqualTypeOf<readonly Note[]>()
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
