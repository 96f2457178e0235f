import type { MergeRule } from '@flowsync/crdt'
import type { Arbitrary } from 'fast-check'

/** A merge rule with what the laws need to exercise it. */
export interface RuleLawsSpec<Value, Intent, Delta, Seed> {
  readonly rule: MergeRule<Value, Intent, unknown, unknown, Delta>
  /** What intents are made of, independent of any value, so that a failing run shrinks and prints well. */
  readonly seeds: Arbitrary<Seed>
  /** Turns a seed into an intent that the rule takes for a stream with this value. */
  intent(seed: Seed, value: Value): Intent
  /** Input that `prepare` must refuse with `op/invalid-intent`, whatever the value is. */
  readonly badIntents: readonly unknown[]
  /** Whether an author sees what an intent asked for, where that can be told from the value after it. */
  isDone?(intent: Intent, after: Value): boolean
  /** For rules with deltas: the value after the changes that a fold reported. */
  applyDeltas?(value: Value, deltas: readonly Delta[]): Value
  /** Histories tried for each law. Default 100. */
  readonly runs?: number
}

/** A spec whose types the laws do not look into. */
export type AnyLawsSpec = RuleLawsSpec<unknown, unknown, unknown, unknown>

/** One law as a test runner takes it: `it(law.name, law.check)`. */
export interface Law {
  readonly name: string
  /** Throws with the failing history, its seed and its shrunk form when the law does not hold. */
  check(): void
}
