import { jsonValues, notJson, ruleLaws } from '@flowsync/testkit/laws'
import { describe, it } from 'vitest'
import type { Json } from './json.js'
import { register } from './register.js'

const badIntents = [
  { op: 'append', value: 1 },
  { op: 'set' },
  ...notJson.map((value) => ({ op: 'set', value })),
]

describe('register', () => {
  const laws = ruleLaws({
    rule: register(),
    seeds: jsonValues,
    intent: (value: Json) => ({ op: 'set' as const, value }),
    isDone: ({ value }, after) => sameJson(value, after),
    badIntents,
  })
  for (const law of laws) it(law.name, law.check)
})

describe('register, multi', () => {
  const laws = ruleLaws({
    rule: register<Json>({ multi: true, initial: 'none' }),
    seeds: jsonValues,
    intent: (value: Json) => ({ op: 'set' as const, value }),
    isDone: ({ value }, [only, ...others]) => sameJson(value, only) && others.length === 0,
    badIntents,
  })
  for (const law of laws) it(law.name, law.check)
})

/** Minus zero is written as zero; everything else stays what it is. */
function sameJson(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}
