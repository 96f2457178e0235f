import { describe, it } from 'vitest'
import { textDocument } from '../tests/graph-document.js'
import { playSeeds } from '../tests/graph-fuzz.js'
import { naiveSubject } from '../tests/graph-naive.js'
import { makeLargeScript, makeScript } from '../tests/graph-steps.js'

/** More of them by hand: `FLOWSYNC_FUZZ_SEEDS=20000 vitest run --project unit document/text-document.prop`. */
const sessions = Number(process.env['FLOWSYNC_FUZZ_SEEDS'] ?? 1000)
const firstSeed = Number(process.env['FLOWSYNC_FUZZ_FIRST'] ?? 1)

describe('the sessions that documents are tested with', () => {
  it('pass with a naive document', { timeout: Infinity }, () => {
    playSeeds(naiveSubject, firstSeed, 40, (random) => makeScript(random, 10, 60))
  })
})

describe('documents that exchange what they have', () => {
  it(`end as the reference says, ${sessions} times`, { timeout: Infinity }, () => {
    playSeeds(textDocument, firstSeed, sessions, (random) => makeScript(random, 10, 80))
  })

  it('end as the reference says after long sessions', { timeout: Infinity }, () => {
    playSeeds(textDocument, firstSeed, Math.ceil(sessions / 200), (random) => makeScript(random, 300, 300))
  })

  it('end as the reference says after large edits', { timeout: Infinity }, () => {
    playSeeds(textDocument, firstSeed, Math.ceil(sessions / 200), makeLargeScript)
  })
})
