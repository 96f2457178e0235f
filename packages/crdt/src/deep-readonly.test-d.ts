import { expectTypeOf } from 'vitest'
import type { DeepReadonly, ReadValue } from './deep-readonly.js'
import type { Json } from './json.js'
import { list } from './list.js'
import type { ListRule } from './list.js'
import { log } from './log.js'
import { register } from './register.js'
import type { DeltaOf, IntentOf, ValueOf } from './rule.js'
import type { StandardSchema } from './schema.js'

interface Task {
  title: string
  tags: string[]
  place?: { seats: [row: number, seat: number] } | null
}
interface ReadTask {
  readonly title: string
  readonly tags: readonly string[]
  readonly place?: { readonly seats: readonly [row: number, seat: number] } | null
}

// Every level is read-only; what was so is as it was.
expectTypeOf<ReadValue<Task>>().toEqualTypeOf<ReadTask>()
expectTypeOf<ReadValue<ReadTask>>().toEqualTypeOf<ReadTask>()
expectTypeOf<DeepReadonly<Task>>().toEqualTypeOf<ReadTask>()
expectTypeOf<DeepReadonly<Task[]>>().toEqualTypeOf<readonly ReadTask[]>()
expectTypeOf<ReadValue<Record<string, string[]>>>().toEqualTypeOf<
  Readonly<Record<string, readonly string[]>>
>()
expectTypeOf<ReadValue<{ kind: 'a'; a: number[] } | { kind: 'b' } | undefined>>().toEqualTypeOf<
  { readonly kind: 'a'; readonly a: readonly number[] } | { readonly kind: 'b' } | undefined
>()

// Scalars stay what they are.
type Id = string & { readonly brand: 'id' }
expectTypeOf<ReadValue<Id>>().toEqualTypeOf<Id>()
expectTypeOf<ReadValue<'a' | 1 | null | undefined>>().toEqualTypeOf<'a' | 1 | null | undefined>()
expectTypeOf<ReadValue<boolean>>().toEqualTypeOf<boolean>()
expectTypeOf<ReadValue<unknown>>().toEqualTypeOf<unknown>()
expectTypeOf<ReadValue<never>>().toEqualTypeOf<never>()

// Any JSON is Json, by whatever name it goes.
type AnyJson = string | number | boolean | null | AnyJson[] | { [key: string]: AnyJson }
type JsonObject = { [Key in string]: JsonValue }
type JsonValue = string | number | boolean | null | JsonObject | JsonValue[] | readonly JsonValue[]
expectTypeOf<ReadValue<Json>>().toEqualTypeOf<Json>()
expectTypeOf<ReadValue<AnyJson>>().toEqualTypeOf<Json>()
expectTypeOf<ReadValue<JsonValue>>().toEqualTypeOf<Json>()

// A type may contain itself.
interface Comment {
  text: string
  replies: Comment[]
}
type Tree = string | Tree[]
declare const comment: ReadValue<Comment>
declare const tree: ReadValue<Tree>
expectTypeOf(comment.replies[0]?.replies).toEqualTypeOf<readonly DeepReadonly<Comment>[] | undefined>()
// @ts-expect-error however deep
void comment.replies[0]?.replies.push
// @ts-expect-error however deep
if (typeof tree !== 'string' && typeof tree[0] !== 'string') void tree[0]?.push

// What is written is taken where what is read is asked for.
expectTypeOf<Task>().toExtend<ReadValue<Task>>()
expectTypeOf<Comment>().toExtend<ReadValue<Comment>>()
expectTypeOf<AnyJson>().toExtend<ReadValue<AnyJson>>()

// A schema's types are read-only too.
interface Draft {
  title: string
  tags?: string[]
}
declare const schema: StandardSchema<Draft, Task>
const _tasks = list({ schema })
expectTypeOf(_tasks).toEqualTypeOf<ListRule<Task, Draft>>()
expectTypeOf<ValueOf<typeof _tasks>>().toEqualTypeOf<readonly DeepReadonly<Task>[]>()
expectTypeOf<DeltaOf<typeof _tasks>['insert']>().toEqualTypeOf<readonly DeepReadonly<Task>[]>()
expectTypeOf<{ op: 'set'; pos: 0; value: Draft }>().toExtend<IntentOf<typeof _tasks>>()
expectTypeOf<{ op: 'set'; pos: 0; value: DeepReadonly<Draft> }>().toExtend<IntentOf<typeof _tasks>>()
const _entries = log({ schema })
expectTypeOf<ValueOf<typeof _entries>>().toEqualTypeOf<readonly DeepReadonly<Task>[]>()
const _one = register({ schema, initial: { title: '' } })
expectTypeOf<ValueOf<typeof _one>>().toEqualTypeOf<DeepReadonly<Task>>()
const _several = register({ schema, multi: true })
expectTypeOf<ValueOf<typeof _several>>().toEqualTypeOf<readonly DeepReadonly<Task>[]>()
