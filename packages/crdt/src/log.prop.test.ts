import { jsonValues, notJson, ruleLaws } from '@flowsync/testkit/laws'
import { describe, it } from 'vitest'
import type { Json } from './json.js'
import { log } from './log.js'

describe.each([1, 3, 1000, Infinity])('log, window %d', (window) => {
  const laws = ruleLaws({
    rule: log({ window }),
    seeds: jsonValues,
    intent: (value: Json) => ({ op: 'append' as const, value }),
    isDone: ({ value }, after) => JSON.stringify(after.at(-1)) === JSON.stringify(value),
    badIntents: [
      { op: 'set', value: 1 },
      { op: 'append' },
      ...notJson.map((value) => ({ op: 'append', value })),
    ],
    runs: 60,
  })
  for (const law of laws) it(law.name, law.check)
})
