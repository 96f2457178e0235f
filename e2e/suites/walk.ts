import { expect, test, type Visitor } from '../support/app-test.js'
import type { AppName } from '../support/apps.js'

const STEPS = 60

/** Numbers that look random and are the same for a seed: Lehmer's generator. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

/** A random walk of one person through an application, beside somebody who writes: the logs hold what was typed. */
export function describeWalk(app: AppName): void {
  test.describe(`a random walk through ${app}`, () => {
    test('leaves in each text what was typed into it', async ({ visit, witness }) => {
      test.setTimeout(120_000)
      const seed = Number(process.env['FLOWSYNC_WALK_SEED'] ?? 20_261_201)
      console.log(`seed ${seed} (FLOWSYNC_WALK_SEED)`)
      const random = createRandom(seed)
      await witness.begin('doc:a', 'text of a')
      await witness.begin('doc:b', 'text of b')
      const ada = await visit('ada')
      await ada.goto('/d/a')
      await ada.isLive()
      let slug: 'a' | 'b' = 'a'
      /** Signed sums of the letters typed: A in a, B in b. An undo takes the last back, whichever it is of. */
      const typed = { a: 0, b: 0 }
      const remote = { a: 0, b: 0 }

      const steps: (() => Promise<void>)[] = [
        async () => {
          const letter = slug.toUpperCase()
          const text = await ada.field().inputValue()
          await ada.type(letter, random(text.length + 1))
          typed[slug]++
        },
        async () => {
          remote[slug]++
          await witness.insert(`doc:${slug}`, random(8), 'r')
        },
        async () => {
          slug = slug === 'a' ? 'b' : 'a'
          await ada.follow(`/d/${slug}`)
        },
        async () => {
          await ada.follow('/')
          await ada.page.goBack()
        },
        async () => {
          await ada.page.goBack()
          await ada.page.goForward()
        },
        async () => {
          await ada.page.reload()
        },
        async () => {
          await ada.goto('/api/session')
          await ada.page.goBack()
        },
        async () => {
          await ada.field().evaluate((element) => {
            ;(element as HTMLTextAreaElement).value = 'stale'
          })
          await ada.field().press('ArrowLeft')
        },
        async () => {
          // Two letters and one undo: the two were typed in one go.
          await ada.type('AB'[slug === 'a' ? 0 : 1] ?? '')
          await ada.page.keyboard.press('ControlOrMeta+z')
          await ada.page.keyboard.press('ControlOrMeta+Shift+z')
          typed[slug]++
        },
      ]
      // Typing is what the rest must leave alone: every second step.
      for (let step = 0; step < STEPS; step++) {
        await steps[step % 2 === 0 ? 0 : 1 + random(steps.length - 1)]?.()
        await settled(ada, slug)
      }
      await ada.isSynced()
      for (const name of ['a', 'b'] as const) {
        await expect
          .poll(() => count(witness.value(`doc:${name}`)), { message: `seed ${seed}, doc:${name}` })
          .toEqual({ A: name === 'a' ? typed.a : 0, B: name === 'b' ? typed.b : 0, r: remote[name] })
        expect(witness.value(`doc:${name}`).replaceAll(/[ABr]/g, '')).toBe(`text of ${name}`)
      }
    })
  })
}

/** The page shows the text of the route, and has sent what was typed. */
async function settled(ada: Visitor, slug: 'a' | 'b'): Promise<void> {
  await expect(ada.field()).toHaveValue(new RegExp(`t.*e.*x.*t.* .*o.*f.* .*${slug}`))
  await ada.isSynced()
}

function count(text: string): Readonly<Record<'A' | 'B' | 'r', number>> {
  const of = (letter: string): number => text.split(letter).length - 1
  return { A: of('A'), B: of('B'), r: of('r') }
}
