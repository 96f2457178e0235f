import type { ActionsOf, AnyMergeRule, DeltaOf, IntentOf, TextRule, ValueOf } from '@flowsync/crdt'

/** Rules by the pattern of the names they apply to, as given to `defineStreams`. */
export type StreamRules = Readonly<Record<string, AnyMergeRule>>

/** All that the types need of the result of `defineStreams`. */
export interface TypedStreams<Rules = StreamRules> {
  readonly rules: Rules
}

type RulesOf<S> = S extends { readonly rules: infer Rules } ? Rules : never

/** True when `Pattern` covers `Name`, segment by segment as `matchesPattern` does. */
type Covers<Pattern extends string, Name extends string> = Pattern extends '*'
  ? true
  : Pattern extends `${infer PatternHead}:${infer PatternRest}`
    ? Name extends `${infer NameHead}:${infer NameRest}`
      ? PatternHead extends '*'
        ? Covers<PatternRest, NameRest>
        : NameHead extends PatternHead
          ? Covers<PatternRest, NameRest>
          : false
      : false
    : Name extends Pattern
      ? true
      : false

/** True when `A` is the more specific of two patterns that cover one name, as `compareSpecificity` decides. */
type Beats<A extends string, B extends string> = A extends `${infer HeadA}:${infer RestA}`
  ? B extends `${infer HeadB}:${infer RestB}`
    ? HeadA extends HeadB
      ? Beats<RestA, RestB>
      : HeadB extends '*'
        ? true
        : false
    : true
  : B extends `${string}:${string}`
    ? false
    : A extends '*'
      ? false
      : true

type CoveringKeys<Keys extends string, Name extends string> = Keys extends string
  ? Covers<Keys, Name> extends true
    ? Keys
    : never
  : never

/** The one of `Candidates` that beats all the others. */
type MostSpecific<Candidates extends string, All extends string = Candidates> = Candidates extends string
  ? false extends BeatsEach<Candidates, Exclude<All, Candidates>>
    ? never
    : Candidates
  : never

type BeatsEach<A extends string, Others extends string> = Others extends string ? Beats<A, Others> : never

/** The pattern that applies to `Name`, to each one of a union; every pattern when `Name` is no more than `string`. */
type PatternFor<Rules, Name extends string> = string extends Name
  ? keyof Rules & string
  : Name extends unknown
    ? MostSpecific<CoveringKeys<keyof Rules & string, Name>>
    : never

type NameOf<Pattern extends string> = Pattern extends `${infer Head}*${infer Rest}`
  ? `${Head}${string}${NameOf<Rest>}`
  : Pattern

/** Every name that one of the patterns covers: `doc:*` gives `doc:${string}`. */
export type StreamName<S> = NameOf<keyof RulesOf<S> & string>

/** The merge rule of a stream: that of the most specific pattern. `never` when no pattern covers the name. */
export type StreamRule<S, Name extends string> = RulesOf<S>[PatternFor<RulesOf<S>, Name> & keyof RulesOf<S>]

/** What a stream's value is: `string` for a text. */
export type StreamValue<S, Name extends string> = ValueOf<StreamRule<S, Name>>

/** What can be pushed to a stream. */
export type StreamIntent<S, Name extends string> = IntentOf<StreamRule<S, Name>>

/** The functions that make a stream's intents; handles offer them as methods. */
export type StreamActions<S, Name extends string> = ActionsOf<StreamRule<S, Name>>

/** What a stream's listeners are told about a change. */
export type StreamDelta<S, Name extends string> = DeltaOf<StreamRule<S, Name>>

/** The patterns whose rule's kind is `Kind`, and those whose rule is not known. */
type PatternsOf<Rules, Kind> = {
  [Pattern in keyof Rules & string]: AnyMergeRule extends Rules[Pattern]
    ? Pattern
    : KindOf<Rules[Pattern]> extends Kind
      ? Pattern
      : never
}[keyof Rules & string]

/** A register is the rule whose only action sets it. */
type KindOf<Rule> = Rule extends TextRule
  ? 'text'
  : [keyof ActionsOf<Rule>] extends ['set']
    ? 'register'
    : 'other'

/** Every name whose stream is a text: what a text field can be bound to. */
export type TextStreamName<S> = NameOf<PatternsOf<RulesOf<S>, 'text'>>

/** Every name whose stream is a register: what a form control can be the model of. */
export type RegisterStreamName<S> = NameOf<PatternsOf<RulesOf<S>, 'register'>>
