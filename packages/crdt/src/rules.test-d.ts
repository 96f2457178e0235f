import { expectTypeOf } from 'vitest'
import { counter } from './counter.js'
import type { CounterIntent } from './counter.js'
import type { Json } from './json.js'
import { log } from './log.js'
import type { LogIntent } from './log.js'
import { register } from './register.js'
import type { RegisterIntent } from './register.js'
import type { ActionsOf, AnyMergeRule, DeltaOf, IntentOf, ValueOf } from './rule.js'
import type { StandardSchema } from './schema.js'
import { set } from './set.js'
import type { SetIntent } from './set.js'

interface Message {
  readonly author: string
  readonly text: string
}
interface Draft {
  readonly author?: string
  readonly text: string
}
declare const messages: StandardSchema<Draft, Message>
declare const plain: StandardSchema<Message>

// A registry holds any rule.
expectTypeOf(counter()).toExtend<AnyMergeRule>()
expectTypeOf(set<'a' | 'b'>()).toExtend<AnyMergeRule>()
expectTypeOf(register<Message>()).toExtend<AnyMergeRule>()
expectTypeOf(register({ multi: true })).toExtend<AnyMergeRule>()
expectTypeOf(log({ schema: messages })).toExtend<AnyMergeRule>()

const tally = counter()
expectTypeOf<ValueOf<typeof tally>>().toEqualTypeOf<number>()
expectTypeOf<IntentOf<typeof tally>>().toEqualTypeOf<CounterIntent>()
expectTypeOf<DeltaOf<typeof tally>>().toBeNever()
expectTypeOf<Parameters<ActionsOf<typeof tally>['increment']>>().toEqualTypeOf<[amount?: number]>()

const guests = set()
const roles = set<'admin' | 'guest'>({ twoPhase: true })
expectTypeOf<ValueOf<typeof guests>>().toEqualTypeOf<ReadonlySet<string>>()
expectTypeOf<ValueOf<typeof roles>>().toEqualTypeOf<ReadonlySet<'admin' | 'guest'>>()
expectTypeOf<IntentOf<typeof roles>>().toEqualTypeOf<SetIntent<'admin' | 'guest'>>()
expectTypeOf<Parameters<ActionsOf<typeof roles>['add']>>().toEqualTypeOf<[value: 'admin' | 'guest']>()
// @ts-expect-error objects are not elements: two that look alike would differ
set<{ name: string }>()

// Without an initial value a register may be unset.
expectTypeOf<ValueOf<ReturnType<typeof untyped>>>().toEqualTypeOf<Json | undefined>()
const untyped = () => register()
const title = register<Message>()
expectTypeOf<ValueOf<typeof title>>().toEqualTypeOf<Message | undefined>()
expectTypeOf<IntentOf<typeof title>>().toEqualTypeOf<RegisterIntent<Message>>()
const page = register({ initial: 1 })
expectTypeOf<ValueOf<typeof page>>().toEqualTypeOf<number>()
expectTypeOf<Parameters<ActionsOf<typeof page>['set']>>().toEqualTypeOf<[value: number]>()
const several = register<Message>({ multi: true })
expectTypeOf<ValueOf<typeof several>>().toEqualTypeOf<readonly Message[]>()
expectTypeOf<IntentOf<typeof several>>().toEqualTypeOf<RegisterIntent<Message>>()

// A schema gives what is written and what is read.
const checked = register({ schema: messages })
expectTypeOf<ValueOf<typeof checked>>().toEqualTypeOf<Message | undefined>()
expectTypeOf<IntentOf<typeof checked>>().toEqualTypeOf<RegisterIntent<Draft>>()
const begun = register({ schema: messages, initial: { text: '' } })
expectTypeOf<ValueOf<typeof begun>>().toEqualTypeOf<Message>()
const conflicts = register({ schema: messages, multi: true })
expectTypeOf<ValueOf<typeof conflicts>>().toEqualTypeOf<readonly Message[]>()
expectTypeOf<IntentOf<typeof conflicts>>().toEqualTypeOf<RegisterIntent<Draft>>()

const chat = log<Message>()
expectTypeOf<ValueOf<typeof chat>>().toEqualTypeOf<readonly Message[]>()
expectTypeOf<IntentOf<typeof chat>>().toEqualTypeOf<LogIntent<Message>>()
const checkedChat = log({ schema: messages, window: 50 })
expectTypeOf<ValueOf<typeof checkedChat>>().toEqualTypeOf<readonly Message[]>()
expectTypeOf<Parameters<ActionsOf<typeof checkedChat>['append']>>().toEqualTypeOf<[value: Draft]>()
// The type may also be named, as DESIGN does.
const named = log<Message>({ schema: plain })
expectTypeOf<ValueOf<typeof named>>().toEqualTypeOf<readonly Message[]>()
const named2 = log<Message>({ schema: messages })
expectTypeOf<IntentOf<typeof named2>>().toEqualTypeOf<LogIntent<Message>>()
