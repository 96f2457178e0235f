import { counter, doc, list, log, map, register, richText, set, text } from '@flowsync/crdt'
import {
  defineStreams,
  type RegisterStreamName,
  type StreamDefinitions,
  type TextStreamName,
} from '@flowsync/protocol'
import { expectTypeOf, test } from 'vitest'

const _streams = defineStreams({
  'doc:*': text(),
  readme: text(),
  'rich:*': richText(),
  'title:*': register<string>(),
  'size:*': register<'s' | 'l'>({ initial: 's' }),
  'votes:*': counter(),
  'guests:*': set<string>(),
  'tasks:*': list<{ done: boolean }>(),
  'map:*': map(),
  'log:*': log<string>(),
  'tree:*': doc(),
})
type S = typeof _streams

test('fields take the names of texts, models those of registers', () => {
  expectTypeOf<TextStreamName<S>>().toEqualTypeOf<`doc:${string}` | 'readme'>()
  expectTypeOf<RegisterStreamName<S>>().toEqualTypeOf<`title:${string}` | `size:${string}`>()
  // Of an application that registered no streams, every name may be one.
  expectTypeOf<TextStreamName<StreamDefinitions>>().toEqualTypeOf<string>()
  expectTypeOf<RegisterStreamName<StreamDefinitions>>().toEqualTypeOf<string>()
})
