import { expectTypeOf } from 'vitest'
import type { ActionsOf, AnyMergeRule, DeltaOf, IntentOf, ValueOf } from './rule.js'
import type { TextDelta } from './text-delta.js'
import { text } from './text.js'
import type { TextIntent, TextRule } from './text.js'

// A registry holds it.
expectTypeOf(text()).toExtend<AnyMergeRule>()

// What it is made of can be asked for.
expectTypeOf<ValueOf<TextRule>>().toEqualTypeOf<string>()
expectTypeOf<IntentOf<TextRule>>().toEqualTypeOf<TextIntent>()
expectTypeOf<DeltaOf<TextRule>>().toEqualTypeOf<TextDelta>()
expectTypeOf<Parameters<ActionsOf<TextRule>['insert']>>().toEqualTypeOf<[pos: number, text: string]>()
expectTypeOf<Parameters<ActionsOf<TextRule>['delete']>>().toEqualTypeOf<[pos: number, length: number]>()
expectTypeOf<Parameters<ActionsOf<TextRule>['replace']>>().toEqualTypeOf<
  [pos: number, length: number, text: string]
>()

// An insert names no length.
expectTypeOf({ op: 'insert', pos: 0, text: 'a' } as const).toExtend<TextIntent>()
expectTypeOf({ op: 'delete', pos: 0 } as const).not.toExtend<TextIntent>()
