import type { AnyMergeRule } from '@flowsync/crdt'
import { expectTypeOf } from 'vitest'
import { box, tally, words } from './tests/toy-rules.js'
import type { StreamActions, StreamIntent, StreamName, StreamRule, StreamValue } from './stream-types.js'
import { defineStreams, type StreamDefinitions } from './streams.js'

const streams = defineStreams({
  'doc:*': words(),
  'doc:count': tally(),
  'doc:*:title': box<string | null>('untitled'),
  'doc:a:*': box(0),
  'guest:list': box<readonly string[]>([]),
})
type S = typeof streams

// Values follow from the most specific pattern.
expectTypeOf<StreamValue<S, 'doc:readme'>>().toEqualTypeOf<string>()
expectTypeOf<StreamValue<S, 'doc:readme:old'>>().toEqualTypeOf<string>()
expectTypeOf<StreamValue<S, 'doc:count'>>().toEqualTypeOf<number>()
expectTypeOf<StreamValue<S, 'doc:x:title'>>().toEqualTypeOf<string | null>()
expectTypeOf<StreamValue<S, 'doc:a:title'>>().toEqualTypeOf<number>()
expectTypeOf<StreamValue<S, 'guest:list'>>().toEqualTypeOf<readonly string[]>()
// A middle star is one segment.
expectTypeOf<StreamValue<S, 'doc:x:y:title'>>().toEqualTypeOf<string>()
// One of several names has one of their values.
expectTypeOf<StreamValue<S, 'doc:readme' | 'doc:count'>>().toEqualTypeOf<string | number>()
// No pattern, no type.
expectTypeOf<StreamRule<S, 'chat:1'>>().toBeNever()

// Names that are built at run time keep their pattern's type.
expectTypeOf<StreamValue<S, `doc:${string}`>>().toEqualTypeOf<string>()
expectTypeOf<StreamValue<S, `doc:${number}:title`>>().toEqualTypeOf<string | null>()
expectTypeOf<StreamValue<S, string>>().toEqualTypeOf<string | number | readonly string[] | null>()

expectTypeOf<StreamIntent<S, 'doc:count'>>().toEqualTypeOf<{ readonly op: 'up' }>()
expectTypeOf<StreamActions<S, 'doc:x'>['say']>().toEqualTypeOf<
  (word: string) => { readonly op: 'say'; readonly word: string }
>()

// Which names there are.
expectTypeOf<'doc:x'>().toExtend<StreamName<S>>()
expectTypeOf<'guest:list'>().toExtend<StreamName<S>>()
expectTypeOf<'guest:other'>().not.toExtend<StreamName<S>>()
expectTypeOf<string>().not.toExtend<StreamName<S>>()

// The rule comes back with its own types.
expectTypeOf(streams.ruleFor('doc:count').value).returns.toEqualTypeOf<number>()
expectTypeOf(streams.ruleFor('doc:x').value).returns.toEqualTypeOf<string>()

declare function useStream<const Name extends StreamName<S>>(name: Name): StreamValue<S, Name>
declare const id: string
expectTypeOf(useStream(`doc:${id}`)).toEqualTypeOf<string>()
expectTypeOf(useStream('doc:count')).toEqualTypeOf<number>()
// @ts-expect-error no pattern covers it
useStream('chat:1')

// Whoever does not know the streams takes them as they are: a hub, a generic client.
declare function createHub(options: { readonly streams: StreamDefinitions }): void
createHub({ streams })
declare const anyStreams: StreamDefinitions
expectTypeOf(anyStreams.ruleFor('doc:x')).toEqualTypeOf<AnyMergeRule>()
expectTypeOf<StreamName<StreamDefinitions>>().toEqualTypeOf<string>()
