import type { AnyMergeRule } from '@flowsync/crdt'
import { createError } from './errors.js'
import { assertStreamName, isStreamName } from './stream-name.js'
import { compareSpecificity, matchesPattern, parsePattern, type StreamPattern } from './stream-pattern.js'
import type { StreamRule, StreamRules, TypedStreams } from './stream-types.js'

/** Which streams there are and how each merges, as those see it who know no names: a hub, a generic client. */
export interface StreamDefinitions extends TypedStreams {
  /** The rules as they were given, by pattern; frozen, without a prototype. */
  readonly rules: StreamRules
  /**
   * The rule of the most specific pattern that covers the name; an exact name beats every pattern.
   * @throws FlowSyncError `stream/name-invalid`, `stream/unknown`
   */
  ruleFor(name: string): AnyMergeRule
  /** The same, or undefined where `ruleFor` throws. */
  findRule(name: string): AnyMergeRule | undefined
}

/** Which streams there are and how each merges, with all types: what `defineStreams` returns. */
export interface DefinedStreams<Rules extends StreamRules> extends StreamDefinitions, TypedStreams<Rules> {
  readonly rules: Rules
  ruleFor<const Name extends string>(name: Name): StreamRule<TypedStreams<Rules>, Name>
}

interface Entry {
  readonly pattern: StreamPattern
  readonly rule: AnyMergeRule
}

/**
 * Defines streams by patterns of their names.
 *
 * ```ts
 * export const streams = defineStreams({ 'doc:*': text(), 'votes:*': counter() })
 * ```
 * @throws FlowSyncError `config/invalid` for a pattern or a rule that is none
 */
export function defineStreams<const Rules extends StreamRules>(rules: Rules): DefinedStreams<Rules> {
  const entries = Object.entries(rules).map(([text, rule]) => entryOf(text, rule))
  const exact = new Map(
    entries.filter(({ pattern }) => pattern.isLiteral).map(({ pattern, rule }) => [pattern.text, rule]),
  )
  const open = entries
    .filter(({ pattern }) => !pattern.isLiteral)
    .sort((a, b) => compareSpecificity(a.pattern, b.pattern))
  // No prototype: a stream called `__proto__` or `constructor` is a name like any other.
  const table = Object.freeze(Object.assign(Object.create(null) as Record<string, AnyMergeRule>, rules))

  const lookUp = (name: string): AnyMergeRule | undefined =>
    exact.get(name) ?? open.find(({ pattern }) => matchesPattern(pattern, name))?.rule

  return Object.freeze({
    rules: table,
    ruleFor<const Name extends string>(name: Name): StreamRule<TypedStreams<Rules>, Name> {
      assertStreamName(name)
      const rule = lookUp(name)
      if (!rule) {
        throw createError(
          'stream/unknown',
          `No pattern covers the stream ${JSON.stringify(name)}: add one to defineStreams.`,
          {
            details: { stream: name },
          },
        )
      }
      return rule as StreamRule<TypedStreams<Rules>, Name>
    },
    findRule: (name: string) => (isStreamName(name) ? lookUp(name) : undefined),
  })
}

function entryOf(text: string, rule: unknown): Entry {
  const pattern = parsePattern(text)
  if (!isMergeRule(rule)) {
    throw createError(
      'config/invalid',
      `The pattern ${JSON.stringify(text)} has no merge rule: call the factory, as in text().`,
    )
  }
  return { pattern, rule }
}

function isMergeRule(value: unknown): value is AnyMergeRule {
  if (typeof value !== 'object' || value === null) return false
  const rule: Partial<Record<keyof AnyMergeRule, unknown>> = value
  return (
    typeof rule.name === 'string' && typeof rule.version === 'number' && typeof rule.create === 'function'
  )
}
