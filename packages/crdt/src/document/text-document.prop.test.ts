import { describe, it } from 'vitest'
import { playSeeds } from '../tests/graph-fuzz.js'
import { naiveSubject } from '../tests/graph-naive.js'
import { makeScript } from '../tests/graph-steps.js'

/** More of them by hand: `FLOWSYNC_FUZZ_SEEDS=20000 vitest run --project unit document/text-document.prop`. */
const sessions = Number(process.env['FLOWSYNC_FUZZ_SEEDS'] ?? 100)
const firstSeed = Number(process.env['FLOWSYNC_FUZZ_FIRST'] ?? 1)

describe('the sessions that documents are tested with', () => {
  it('pass with a naive document', { timeout: Infinity }, () => {
    playSeeds(naiveSubject, firstSeed, sessions, (random) => makeScript(random, 10, 60))
  })
})
