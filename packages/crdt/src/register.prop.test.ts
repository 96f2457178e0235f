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
    badIntents,
  })
  for (const law of laws) it(law.name, law.check)
})

describe('register, multi', () => {
  const laws = ruleLaws({
    rule: register<Json>({ multi: true, initial: 'none' }),
    seeds: jsonValues,
    intent: (value: Json) => ({ op: 'set' as const, value }),
    badIntents,
  })
  for (const law of laws) it(law.name, law.check)
})
