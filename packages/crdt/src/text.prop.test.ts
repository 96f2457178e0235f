import { describe, it } from 'vitest'
import { Random } from './tests/random.js'
import { TextSession } from './tests/text-session.js'

const seeds = Number(process.env['FLOWSYNC_FUZZ_SEEDS'] ?? 300)
const firstSeed = Number(process.env['FLOWSYNC_FUZZ_FIRST'] ?? 1)

describe('text sessions', () => {
  it(`agree with the reference on ${seeds} seeds`, { timeout: Infinity }, () => {
    for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
      try {
        const random = new Random(seed)
        new TextSession(random).run(20 + random.below(80))
      } catch (cause) {
        throw new Error(
          `Seed ${seed} (FLOWSYNC_FUZZ_FIRST=${seed} FLOWSYNC_FUZZ_SEEDS=1): ${String(cause)}`,
          { cause },
        )
      }
    }
  })
})
