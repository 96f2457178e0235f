import { expect, test, type Visitor } from '../support/app-test.js'
import type { AppName } from '../support/apps.js'

/** Who is signed in, without a page load: an edit is made under that identity, or refused on the spot. */
export function describeIdentity(app: AppName): void {
  test.describe(`who is signed in at ${app}`, () => {
    test.beforeEach(async ({ witness }) => {
      await witness.begin('doc:a', 'text of a')
    })

    async function signOut(visitor: Visitor): Promise<void> {
      await visitor.at('sign-out').click()
      await expect(visitor.at('connection')).toHaveText('signed-out')
    }

    test('who may only read writes nothing with the token of the former user', async ({ visit, witness }) => {
      const person = await visit('ada')
      await person.goto('/d/a')
      await person.isLive()
      await person.type('!')
      await person.isSynced()
      await person.signIn('eve')
      await person.isLive()
      await expect(person.field()).toHaveValue('text of a!')
      await expect(person.field()).not.toBeEditable()
      // A field whose lock somebody took off: the edit is refused on the spot.
      await person.field().evaluate((element) => {
        ;(element as HTMLTextAreaElement).readOnly = false
      })
      await person.type('EVE')
      await expect(person.field()).toHaveValue('text of a!')
      await person.signIn('ada')
      await person.isLive()
      await expect(person.field()).toBeEditable()
      await person.type('?')
      await person.isSynced()
      await expect.poll(() => witness.value('doc:a')).toBe('text of a!?')
      expect(person.problems).toEqual([])
    })

    test('unsent edits wait for their author, and are shown to nobody else', async ({
      visit,
      witness,
      hub,
    }) => {
      const person = await visit('ada')
      await person.goto('/d/a')
      await person.isLive()
      await hub.kill()
      await expect(person.at('connection')).not.toHaveText('live')
      await person.type(' ADA-UNSENT')
      await expect(person.field()).toHaveValue('text of a ADA-UNSENT')
      await person.at('sign-in-bob').click()
      await expect(person.at('user')).toHaveText(/bob/i)
      await expect(person.field()).not.toHaveValue(/ADA/)
      await hub.restart()
      await person.isLive()
      await expect(person.field()).toHaveValue('text of a')
      await person.type(' by bob')
      await person.isSynced()
      await expect.poll(() => witness.value('doc:a')).toBe('text of a by bob')
      await person.signIn('ada')
      await person.isLive()
      await expect(person.field()).toHaveValue(/^text of a.*ADA-UNSENT/)
      await person.isSynced()
      await expect.poll(() => witness.value('doc:a')).toMatch(/ADA-UNSENT/)
      expect(witness.value('doc:a').replace(' ADA-UNSENT', '')).toBe('text of a by bob')
    })

    test('signed out is a state: nothing polls, nothing is red, and signing in goes live', async ({
      visit,
      witness,
    }) => {
      const person = await visit('ada')
      await person.page.clock.install()
      let asked = 0
      person.page.on('request', (request) => {
        if (request.url().includes('/api/flowsync/token')) asked++
      })
      await person.goto('/d/a')
      await person.isLive()
      await signOut(person)
      const before = asked
      await expect(person.field()).not.toHaveValue(/text of a/)
      await person.page.clock.runFor('10:00')
      expect(asked - before).toBeLessThanOrEqual(1)
      await expect(person.at('connection')).toHaveText('signed-out')
      expect(person.problems).toEqual([])
      await person.signIn('bob')
      await person.isLive()
      await expect(person.field()).toHaveValue('text of a')
      await person.type('!')
      await person.isSynced()
      await expect.poll(() => witness.value('doc:a')).toBe('text of a!')
    })
  })
}
