import {
  counter,
  doc,
  list,
  log,
  map,
  register,
  richText,
  set,
  text,
  type AnyMergeRule,
} from '@flowsync/crdt'
import { createError } from './errors.js'

/** Makers of rules by the names that configuration files and command lines use. */
const MAKERS: ReadonlyMap<string, () => AnyMergeRule> = new Map<string, () => AnyMergeRule>([
  ['text', text],
  ['rich-text', () => richText()],
  ['counter', counter],
  ['set', () => set()],
  ['set-2p', () => set({ twoPhase: true })],
  ['register', () => register()],
  ['map', () => map()],
  ['list', () => list()],
  ['log', () => log()],
  ['doc', () => doc()],
  // Names of former FlowSync versions; their set never let a removed element return.
  ['crdt-text', text],
  ['crdt-counter', counter],
  ['crdt-set', () => set({ twoPhase: true })],
  ['append-log', () => log()],
  ['lww', () => register()],
])

/** The names that {@link ruleByName} takes. */
export const RULE_NAMES: readonly string[] = Object.freeze([...MAKERS.keys()])

/**
 * A merge rule with its default options, by its name or by a former one: `crdt-text`, `crdt-counter`,
 * `crdt-set` (a two-phase set), `append-log`, `lww`.
 * @throws FlowSyncError `config/invalid`
 */
export function ruleByName(name: string): AnyMergeRule {
  const make = MAKERS.get(name)
  if (!make) {
    throw createError(
      'config/invalid',
      `${JSON.stringify(name)} is no merge rule. There are: ${RULE_NAMES.join(', ')}.`,
    )
  }
  return make()
}
