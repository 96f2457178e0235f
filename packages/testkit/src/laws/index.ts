import { codecLaws } from './codec.js'
import { convergenceLaws } from './convergence.js'
import { intentLaws } from './intents.js'
import type { AnyLawsSpec, Law, RuleLawsSpec } from './spec.js'

export { isDeepFrozen } from './frozen.js'
export { jsonValues, notJson } from './json-values.js'
export type { Law, RuleLawsSpec } from './spec.js'

/**
 * The laws of merge rules as properties over random histories of one stream: several browsers with
 * several tabs each, offline spells, shared outboxes, restarts, late joiners, duplicates, gaps, wrong
 * clocks and forged ops.
 *
 * ```ts
 * describe('counter', () => {
 *   for (const law of ruleLaws(spec)) it(law.name, law.check)
 * })
 * ```
 */
export function ruleLaws<Value, Intent, Delta, Seed>(
  spec: RuleLawsSpec<Value, Intent, Delta, Seed>,
): readonly Law[] {
  const any = spec as AnyLawsSpec
  return [...convergenceLaws(any), ...codecLaws(any), ...intentLaws(any)]
}
