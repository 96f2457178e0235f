import { expectTypeOf } from 'vitest'
import { counter } from './counter.js'
import type { CounterIntent, CounterRule } from './counter.js'
import type { Json } from './json.js'
import { log } from './log.js'
import type { LogIntent, LogRule } from './log.js'
import { map } from './map.js'
import type { MapIntent, MapRule } from './map.js'
import { register } from './register.js'
import type { RegisterIntent, RegisterRule } from './register.js'
import type { ActionsOf, AnyMergeRule, DeltaOf, IntentOf, ValueOf } from './rule.js'
import type { StandardSchema } from './schema.js'
import { set } from './set.js'
import type { SetIntent, SetRule } from './set.js'

interface Message {
  readonly author: string
  readonly text: string
}
interface Draft {
  readonly author?: string
  readonly text: string
}
declare const messages: StandardSchema<Draft, Message>
type Role = 'admin' | 'guest'

// A registry holds any rule.
expectTypeOf(counter()).toExtend<AnyMergeRule>()
expectTypeOf(set<Role>()).toExtend<AnyMergeRule>()
expectTypeOf(register<Message>()).toExtend<AnyMergeRule>()
expectTypeOf(register({ multi: true })).toExtend<AnyMergeRule>()
expectTypeOf(log({ schema: messages })).toExtend<AnyMergeRule>()
expectTypeOf(map({ schema: messages })).toExtend<AnyMergeRule>()

// What a rule is made of can be asked for.
expectTypeOf<ValueOf<CounterRule>>().toEqualTypeOf<number>()
expectTypeOf<IntentOf<CounterRule>>().toEqualTypeOf<CounterIntent>()
expectTypeOf<DeltaOf<CounterRule>>().toBeNever()
expectTypeOf<Parameters<ActionsOf<CounterRule>['increment']>>().toEqualTypeOf<[amount?: number]>()
expectTypeOf<ValueOf<SetRule<Role>>>().toEqualTypeOf<ReadonlySet<Role>>()
expectTypeOf<IntentOf<SetRule<Role>>>().toEqualTypeOf<SetIntent<Role>>()
expectTypeOf<Parameters<ActionsOf<SetRule<Role>>['add']>>().toEqualTypeOf<[value: Role]>()
expectTypeOf<ValueOf<RegisterRule<Message, Draft>>>().toEqualTypeOf<Message>()
expectTypeOf<IntentOf<RegisterRule<Message, Draft>>>().toEqualTypeOf<RegisterIntent<Draft>>()
expectTypeOf<Parameters<ActionsOf<RegisterRule<Message, Draft>>['set']>>().toEqualTypeOf<[value: Draft]>()
expectTypeOf<ValueOf<LogRule<Message, Draft>>>().toEqualTypeOf<readonly Message[]>()
expectTypeOf<IntentOf<LogRule<Message, Draft>>>().toEqualTypeOf<LogIntent<Draft>>()
expectTypeOf<Parameters<ActionsOf<LogRule<Message, Draft>>['append']>>().toEqualTypeOf<[value: Draft]>()

expectTypeOf<ValueOf<MapRule<Message, Draft>>>().toEqualTypeOf<Readonly<Record<string, Message>>>()
expectTypeOf<IntentOf<MapRule<Message, Draft>>>().toEqualTypeOf<MapIntent<Draft>>()
expectTypeOf<DeltaOf<MapRule<Message>>>().toBeNever()
expectTypeOf<Parameters<ActionsOf<MapRule<Message, Draft>>['set']>>().toEqualTypeOf<
  [key: string, value: Draft]
>()
expectTypeOf<Parameters<ActionsOf<MapRule<Message, Draft>>['delete']>>().toEqualTypeOf<[key: string]>()

expectTypeOf(map()).toEqualTypeOf<MapRule<Json>>()
expectTypeOf(map<Message>()).toEqualTypeOf<MapRule<Message>>()
expectTypeOf(map({ schema: messages })).toEqualTypeOf<MapRule<Message, Draft>>()
expectTypeOf(set()).toEqualTypeOf<SetRule<string>>()
expectTypeOf(set<Role>({ twoPhase: true })).toEqualTypeOf<SetRule<Role>>()
// @ts-expect-error objects are not elements: two that look alike would differ
set<{ name: string }>()

// Without an initial value a register may be unset.
expectTypeOf(register()).toEqualTypeOf<RegisterRule<Json | undefined, Json>>()
expectTypeOf(register<Message>()).toEqualTypeOf<RegisterRule<Message | undefined, Message>>()
expectTypeOf(register({ initial: 1 })).toEqualTypeOf<RegisterRule<number, number>>()
expectTypeOf(register<Message>({ multi: true })).toEqualTypeOf<RegisterRule<readonly Message[], Message>>()

// A schema gives what is written and what is read.
expectTypeOf(register({ schema: messages })).toEqualTypeOf<RegisterRule<Message | undefined, Draft>>()
expectTypeOf(register({ schema: messages, initial: { text: '' } })).toEqualTypeOf<
  RegisterRule<Message, Draft>
>()
expectTypeOf(register({ schema: messages, multi: true })).toEqualTypeOf<
  RegisterRule<readonly Message[], Draft>
>()
expectTypeOf(log({ schema: messages, window: 50 })).toEqualTypeOf<LogRule<Message, Draft>>()

// The type may also be named.
expectTypeOf(log<Message>()).toEqualTypeOf<LogRule<Message>>()
expectTypeOf(log<Message>({ schema: messages })).toEqualTypeOf<LogRule<Message>>()
expectTypeOf(register<Message>({ schema: messages })).toEqualTypeOf<
  RegisterRule<Message | undefined, Message>
>()
