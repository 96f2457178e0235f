import type { DeepReadonly, FlowSyncError, Receipt } from '@flowsync/core'
import { expectTypeOf, test } from 'vitest'
import { ref, type ComputedRef } from 'vue'
import type {} from './tests/probe.js'
import { useStream, useStreamValue } from './index.js'

interface Note {
  title: string
  tags: string[]
}

test('the name decides what a stream is', () => {
  const { value, push, stream, error } = useStream('doc:readme')
  expectTypeOf(value).toEqualTypeOf<ComputedRef<string>>()
  expectTypeOf(stream.value.insert).parameters.toEqualTypeOf<[pos: number, text: string]>()
  expectTypeOf(push({ op: 'insert', pos: 0, text: 'hi' })).toEqualTypeOf<Receipt>()
  expectTypeOf(error).toEqualTypeOf<ComputedRef<FlowSyncError | undefined>>()
  expectTypeOf(useStream('notes:mine').value).toEqualTypeOf<ComputedRef<readonly DeepReadonly<Note>[]>>()
})

test('a name may be a ref or a getter', () => {
  expectTypeOf(useStream(ref<`notes:${string}`>('notes:mine')).value).toEqualTypeOf<
    ComputedRef<readonly DeepReadonly<Note>[]>
  >()
  expectTypeOf(useStream(() => 'doc:readme' as const).value).toEqualTypeOf<ComputedRef<string>>()
})

test('a selector decides what is shown', () => {
  expectTypeOf(useStreamValue('doc:readme')).toEqualTypeOf<ComputedRef<string>>()
  expectTypeOf(useStreamValue('doc:readme', (text) => text.length)).toEqualTypeOf<ComputedRef<number>>()
})

test('what v-model on a value would compile to does not', () => {
  const { value } = useStream('notes:mine')
  const note = value.value[0]
  if (!note) return
  // @ts-expect-error v-model="note.title"
  note.title = 'New'
  // @ts-expect-error v-model="note.tags[0]"
  note.tags[0] = 'new'
  // @ts-expect-error the array is a value too
  void value.value.push
  // @ts-expect-error v-model="value" of a stream that is no register
  useStream('doc:readme').value.value = 'New'
})

test('mistakes do not compile', () => {
  // @ts-expect-error no pattern covers the name
  useStream('unknown:readme')
  const { push, stream } = useStream('doc:readme')
  // @ts-expect-error a text has no append
  push({ op: 'append', value: 'x' })
  // @ts-expect-error a text has no append
  void stream.value.append
})
