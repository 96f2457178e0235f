import { describe, it } from 'vitest'
import { playSeed } from '../tests/graph-fuzz.js'
import { naiveSubject } from '../tests/graph-naive.js'

/** More of them by hand: `FLOWSYNC_FUZZ_SEEDS=20000 vitest run --project unit document/text-document.prop`. */
const sessions = Number(process.env['FLOWSYNC_FUZZ_SEEDS'] ?? 400)
const firstSeed = Number(process.env['FLOWSYNC_FUZZ_FIRST'] ?? 1)

describe('the sessions that documents are tested with', () => {
  it('pass with a naive document', { timeout: Infinity }, () => {
    for (let seed = firstSeed; seed < firstSeed + sessions; seed++) playSeed(naiveSubject, seed, 10, 60)
  })
})
