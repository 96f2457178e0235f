import { expectTypeOf } from 'vitest'
import type { Json } from './json.js'
import { list } from './list.js'
import type { ListIntent, ListRule } from './list.js'
import type { ListDelta } from './list/list-delta.js'
import type { ActionsOf, AnyMergeRule, DeltaOf, IntentOf, ValueOf } from './rule.js'
import type { StandardSchema } from './schema.js'

interface Task {
  readonly title: string
  readonly done: boolean
}
interface Draft {
  readonly title: string
  readonly done?: boolean
}
declare const tasks: StandardSchema<Draft, Task>

// A registry holds it.
expectTypeOf(list<Task>()).toExtend<AnyMergeRule>()

// What it is made of can be asked for.
expectTypeOf<ValueOf<ListRule<Task, Draft>>>().toEqualTypeOf<readonly Task[]>()
expectTypeOf<IntentOf<ListRule<Task, Draft>>>().toEqualTypeOf<ListIntent<Draft>>()
expectTypeOf<DeltaOf<ListRule<Task, Draft>>>().toEqualTypeOf<ListDelta<Task>>()
type Actions = ActionsOf<ListRule<Task, Draft>>
expectTypeOf<Parameters<Actions['insert']>>().toEqualTypeOf<[pos: number, ...values: Draft[]]>()
expectTypeOf<Parameters<Actions['append']>>().toEqualTypeOf<Draft[]>()
expectTypeOf<Parameters<Actions['delete']>>().toEqualTypeOf<[pos: number, length?: number]>()
expectTypeOf<Parameters<Actions['set']>>().toEqualTypeOf<[pos: number, value: Draft]>()
expectTypeOf<Parameters<Actions['move']>>().toEqualTypeOf<[from: number, to: number]>()

// A schema gives what is written and what is read; the type may also be named.
expectTypeOf(list()).toEqualTypeOf<ListRule<Json>>()
expectTypeOf(list<Task>()).toEqualTypeOf<ListRule<Task>>()
expectTypeOf(list({ schema: tasks })).toEqualTypeOf<ListRule<Task, Draft>>()
expectTypeOf(list<Task>({ schema: tasks })).toEqualTypeOf<ListRule<Task>>()

// A move names no value.
expectTypeOf({ op: 'move', from: 0, to: 1 } as const).toExtend<ListIntent<Task>>()
expectTypeOf({ op: 'set', pos: 0 } as const).not.toExtend<ListIntent<Task>>()
