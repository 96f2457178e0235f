import { expectTypeOf } from 'vitest'
import { doc } from './doc.js'
import type { DocActions, DocDelta, DocIntent, DocPath } from './doc.js'
import type { Json } from './json.js'
import type { ActionsOf, AnyMergeRule, DeltaOf, IntentOf, ValueOf } from './rule.js'

interface Note {
  readonly title: string
  readonly todos: { text: string; done: boolean }[]
}

// A registry holds it.
expectTypeOf(doc()).toExtend<AnyMergeRule>()
const shaped = doc({
  shape: { body: 'text', votes: 'counter', items: 'list', meta: { note: 'text', any: 'map' } },
})
expectTypeOf(shaped).toExtend<AnyMergeRule>()

// A shape tells the value.
type Shaped = ValueOf<typeof shaped>
expectTypeOf<Shaped['body']>().toEqualTypeOf<string>()
expectTypeOf<Shaped['votes']>().toEqualTypeOf<number>()
expectTypeOf<Shaped['items']>().toEqualTypeOf<readonly Json[]>()
expectTypeOf<Shaped['meta']['note']>().toEqualTypeOf<string>()
expectTypeOf<Shaped['meta']['any']>().toEqualTypeOf<{ readonly [key: string]: Json }>()
// @ts-expect-error there is no such container
doc({ shape: { body: 'string' } })

// A type may be named instead; nobody has written anything at first.
const notes = doc<Note>()
expectTypeOf(notes).toExtend<AnyMergeRule>()
type Notes = ValueOf<typeof notes>
expectTypeOf<Notes['title']>().toEqualTypeOf<string | undefined>()
expectTypeOf<NonNullable<Notes['todos']>[number]>().toEqualTypeOf<{
  readonly text: string
  readonly done: boolean
}>()

// What it is made of can be asked for.
expectTypeOf<IntentOf<typeof notes>>().toEqualTypeOf<DocIntent>()
expectTypeOf<DeltaOf<typeof notes>>().toEqualTypeOf<DocDelta>()
expectTypeOf<ActionsOf<typeof notes>>().toEqualTypeOf<DocActions>()
expectTypeOf<Parameters<DocActions['insertText']>>().toEqualTypeOf<
  [path: DocPath, pos: number, text: string]
>()
