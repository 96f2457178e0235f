import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Browser } from './tests/browser.js'
import type { FakeLog } from './tests/fake-log.js'
import { settle } from './tests/virtual-system.js'
import { World } from './tests/world.js'

const tab = fc.constantFrom([0, 0], [0, 1], [1, 0]) as fc.Arbitrary<[number, number]>
const browser = fc.nat(1)
const share = fc.double({ min: 0, max: 1, noNaN: true })

const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('edit' as const), tab, share }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('offline' as const, 'online' as const), tab }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reload' as const), tab }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reset' as const), share }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('snapshot' as const), share }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('kill' as const, 'fill' as const), browser }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose-answer' as const), isStored: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(6_000) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('turns' as const), turns: fc.nat(60) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Two browsers, one with two tabs, and a hub whose log may be restored from a backup. Every edit inserts a letter of its own. */
class Run {
  private readonly world = new World()
  private readonly browsers = [new Browser(this.world, 2), new Browser(this.world, 1)]
  private readonly saved = new Set<string>()
  /** The backup did not have them. */
  private readonly forgotten = new Set<string>()
  private nextLetter = 0x4e00

  private get log(): FakeLog {
    return this.world.hub.log('doc:a')
  }

  async perform(step: Step): Promise<void> {
    const { world, log } = this
    switch (step.kind) {
      case 'edit':
        return this.edit(step.tab, step.share)
      case 'offline':
        return this.browsers[step.tab[0]]?.tabs[step.tab[1]]?.goOffline()
      case 'online':
        return this.browsers[step.tab[0]]?.tabs[step.tab[1]]?.goOnline()
      case 'reload': {
        const reloaded = this.browsers[step.tab[0]]
        return reloaded?.isDiskFull ? undefined : reloaded?.reload(step.tab[1])
      }
      case 'reset':
        return this.reset(Math.round(step.share * log.headSeq))
      case 'snapshot':
        log.floor = Math.round(step.share * log.headSeq)
        return
      case 'kill':
        return this.browsers[step.browser]?.kill()
      case 'fill':
        for (const full of this.browsers.slice(step.browser, step.browser + 1))
          full.isDiskFull = !full.isDiskFull
        return
      case 'lose-answer':
        return this.loseAnswer(step.isStored)
      case 'drop':
        return world.hub.dropAll()
      case 'wait':
        return world.system.advance(step.ms)
      case 'turns':
        return settle(step.turns)
    }
  }

  private edit([browser, tab]: [number, number], share: number): void {
    const doc = this.browsers[browser]?.tabs[tab]?.stream('doc:a')
    if (!doc) return
    const letter = String.fromCharCode(this.nextLetter++)
    const { saved } = doc.insert(Math.round(share * doc.value.length), letter)
    void saved.then(
      () => this.saved.add(letter),
      () => undefined,
    )
    doc.close()
  }

  private reset(keep: number): void {
    for (const { body } of this.log.ops.slice(keep)) {
      for (const letter of new TextDecoder().decode(body)) this.forgotten.add(letter)
    }
    this.log.reset(keep)
  }

  private loseAnswer(isStored: boolean): void {
    const { hub } = this.world
    hub.intercept = (message) => {
      if (message.type !== 'push') return undefined
      hub.intercept = () => undefined
      const [batch] = message.batches
      const [first] = batch?.ops ?? []
      const isNext = first && first.counter === this.log.throughOf(first.replica) + 1
      if (isStored && isNext && batch?.epoch === this.log.epoch) this.log.append(batch.ops)
      return 'lost'
    }
  }

  /** Ends all faults; then everybody comes back, and once more with what closed tabs left. */
  async heal(): Promise<void> {
    this.world.hub.intercept = () => undefined
    const all = this.browsers.flatMap((browser) => browser.tabs.map((_, tab) => ({ browser, tab })))
    for (const { browser, tab } of all) {
      browser.isDiskFull = false
      browser.tabs[tab]?.goOnline()
    }
    await this.world.system.advance(60_000)
    for (const { browser, tab } of all) await browser.reload(tab)
    await this.world.system.advance(30_000)
  }

  /** Nobody is ever shown an edit twice. */
  checkShown(): void {
    for (const client of this.browsers.flatMap(({ tabs }) => tabs)) {
      const shown = client?.stream('doc:a').value ?? ''
      expect(new Set(shown).size, shown).toBe(shown.length)
    }
  }

  check(): void {
    const value = String(this.log.value)
    expect(new Set(value).size, 'no edit is there twice').toBe(value.length)
    const lost = [...this.saved].filter((letter) => !value.includes(letter) && !this.forgotten.has(letter))
    expect(lost, 'no saved edit is lost').toEqual([])
    for (const client of this.browsers.flatMap(({ tabs }) => tabs)) {
      expect(client?.getSnapshot()).toMatchObject({ state: 'live', pendingCount: 0 })
      expect(client?.stream('doc:a').value).toBe(value)
    }
  }
}

/** Runs that went wrong once. */
const REGRESSIONS: [Step[]][] = [
  // A tab stores an op of another one that still waits for its answer; then the log is restored.
  [
    [
      { kind: 'edit', tab: [0, 0], share: 0 },
      { kind: 'lose-answer', isStored: true },
      { kind: 'reload', tab: [0, 1] },
      { kind: 'kill', browser: 1 },
      { kind: 'reset', share: 0 },
    ],
  ],
  // Two handshakes tell of the restored log.
  [
    [
      { kind: 'edit', tab: [0, 0], share: 0 },
      { kind: 'edit', tab: [0, 1], share: 0 },
      { kind: 'turns', turns: 7 },
      { kind: 'turns', turns: 0 },
      { kind: 'edit', tab: [1, 0], share: 0 },
      { kind: 'reset', share: 0 },
      { kind: 'turns', turns: 15 },
      { kind: 'edit', tab: [0, 0], share: 0 },
    ],
  ],
]

describe('whatever happens to tabs, disks, connections and the log of the hub', () => {
  it('every saved edit takes effect once, and all show the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 90, size: 'max' }), async (steps) => {
        const run = new Run()
        await settle()
        for (const each of steps) {
          await run.perform(each)
          run.checkShown()
        }
        await run.heal()
        run.check()
      }),
      { numRuns: 200, examples: REGRESSIONS },
    )
  }, 60_000)
})
