import { expect, test, type Visitor } from '../support/app-test.js'
import type { AppName } from '../support/apps.js'

/** The applications whose pages a server renders. */
const isServed = (app: AppName): boolean => app !== 'vite-vue'

/** What a person meets at the text fields of an application: what is typed arrives, and nothing else does. */
export function describeFields(app: AppName): void {
  test.describe(`text fields of ${app}`, () => {
    test.beforeEach(async ({ witness }) => {
      await witness.begin('doc:a', 'text of a')
      await witness.begin('doc:b', 'text of b')
      await witness.begin('doc:a-line', 'one\ntwo')
      await witness.begin('doc:static', 'static text')
      await witness.begin('doc:hidden', 'hidden text')
    })

    async function shows(visitor: Visitor, text: string, label?: string): Promise<void> {
      await expect(visitor.field(label)).toHaveValue(text)
    }

    test('what is typed reaches others, and their carets stay', async ({ visit, witness }) => {
      const [ada, bob] = [await visit('ada'), await visit('bob')]
      await Promise.all([ada.goto('/d/a'), bob.goto('/d/a')])
      await Promise.all([shows(ada, 'text of a'), shows(bob, 'text of a')])
      await bob.select(5, 7)
      await ada.type('>> ', 0)
      await shows(bob, '>> text of a')
      expect(await bob.selection()).toEqual([8, 10])
      await bob.page.keyboard.type('by')
      await shows(ada, '>> text by a')
      await ada.at('vote').click()
      await expect(bob.at('votes')).toHaveText(await ada.at('votes').innerText())
      expect(ada.problems).toEqual([])
      await expect.poll(() => witness.value('doc:a')).toBe('>> text by a')
    })

    test('another route on the same field writes nothing', async ({ visit, witness }) => {
      const ada = await visit('ada')
      await ada.goto('/d/a')
      await shows(ada, 'text of a')
      await ada.isLive()
      await ada.follow('/d/b')
      await shows(ada, 'text of b')
      await ada.follow('/d/a')
      await shows(ada, 'text of a')
      await ada.type('!')
      await ada.isSynced()
      await expect.poll(() => witness.value('doc:a')).toBe('text of a!')
      expect(witness.changes('doc:a')).toHaveLength(1)
      expect(witness.changes('doc:b')).toEqual([])
    })

    test('Back and Forward write nothing', async ({ visit, witness }) => {
      const ada = await visit('ada')
      await ada.goto('/d/a')
      await ada.isLive()
      await ada.follow('/')
      await witness.insert('doc:a', 0, '>> ')
      await ada.page.goBack()
      await shows(ada, '>> text of a')
      await ada.follow('/d/b')
      await shows(ada, 'text of b')
      await ada.page.goBack()
      await shows(ada, '>> text of a')
      await ada.page.goForward()
      await shows(ada, 'text of b')
      await ada.type('!')
      await ada.isSynced()
      await expect.poll(() => witness.value('doc:b')).toBe('text of b!')
      expect(witness.changes('doc:a')).toEqual([])
    })

    test('a field that is hidden and shown writes nothing', async ({ visit, witness }) => {
      const ada = await visit('ada')
      await ada.goto('/hidden')
      await shows(ada, 'hidden text')
      await ada.isLive()
      await ada.type('!')
      for (let turn = 0; turn < 3; turn++) {
        await ada.at('toggle').click()
        await expect(ada.field()).toHaveCount(0)
        await witness.insert('doc:hidden', 0, '>')
        await ada.at('toggle').click()
        await shows(ada, `${'>'.repeat(turn + 1)}hidden text!`)
      }
      await ada.type('?')
      await ada.isSynced()
      await expect.poll(() => witness.value('doc:hidden')).toBe('>>>hidden text!?')
      expect(witness.changes('doc:hidden')).toHaveLength(2)
    })

    test('a page that is left and visited again writes nothing, whatever the browser fills in', async ({
      visit,
      witness,
    }) => {
      const ada = await visit('ada')
      for (const [path, name, text] of [
        ['/static', 'doc:static', 'static text'],
        ['/d/a', 'doc:a', 'text of a'],
      ] as const) {
        await ada.goto(path)
        await shows(ada, text)
        await ada.type('!')
        await ada.isSynced()
        // The browser keeps what fields held for when it comes back.
        await ada.goto('/api/session')
        await witness.insert(name, 0, '>> ')
        await ada.page.goBack()
        await shows(ada, `>> ${text}!`)
        await ada.page.reload()
        await shows(ada, `>> ${text}!`)
        await ada.isLive()
        await ada.type('?')
        await ada.isSynced()
        await expect.poll(() => witness.value(name)).toBe(`>> ${text}!?`)
        expect(witness.changes(name)).toHaveLength(2)
      }
    })

    test('a value that the browser restored is written nowhere', async ({ visit, witness }) => {
      const ada = await visit('ada')
      // As a browser does that ignores `autocomplete`: the value is there before the page is alive.
      await ada.page.addInitScript(() => {
        new MutationObserver((_, observer) => {
          const field = document.querySelector('textarea')
          if (!field) return
          observer.disconnect()
          field.value = 'an old draft'
        }).observe(document, { childList: true, subtree: true })
      })
      await ada.goto('/d/a')
      await ada.isLive()
      await shows(ada, 'text of a')
      await ada.type('!')
      await ada.isSynced()
      await expect.poll(() => witness.value('doc:a')).toBe('text of a!')
      expect(witness.changes('doc:a')).toHaveLength(1)
    })

    test('a form reset writes nothing, and the next key is one edit', async ({ visit, witness }) => {
      const ada = await visit('ada')
      await ada.goto('/static')
      await shows(ada, 'static text')
      await ada.type('!')
      await ada.at('reset').click()
      await shows(ada, 'static text!')
      await ada.type('?', 0)
      await ada.isSynced()
      await expect.poll(() => witness.value('doc:static')).toBe('?static text!')
      expect(witness.changes('doc:static')).toHaveLength(2)
    })

    test('one key in a text with CRLF is one small edit, at the caret', async ({ visit, witness }) => {
      await witness.begin('doc:a', 'one\r\ntwo\rthree')
      const ada = await visit('ada')
      await ada.goto('/d/a')
      await shows(ada, 'one\ntwo\nthree')
      await ada.type('x', 5)
      await ada.isSynced()
      await expect.poll(() => witness.value('doc:a')).toBe('one\r\ntxwo\rthree')
      expect(witness.changes('doc:a')).toEqual([{ position: 6, deleteCount: 0, insert: 'x' }])
      expect(await ada.selection()).toEqual([6, 6])
      await witness.insert('doc:a', 0, '\r\n')
      await shows(ada, '\none\ntxwo\nthree')
      expect(await ada.selection()).toEqual([7, 7])
      await ada.page.keyboard.press('Backspace')
      await expect.poll(() => witness.value('doc:a')).toBe('\r\none\r\ntwo\rthree')
    })

    test('a single-line field keeps the line breaks it does not show', async ({ visit, witness }) => {
      const ada = await visit('ada')
      await ada.goto('/d/a')
      await shows(ada, 'onetwo', 'Line')
      await ada.type('x', 4, 'Line')
      await ada.isSynced()
      await expect.poll(() => witness.value('doc:a-line')).toBe('one\ntxwo')
      expect(witness.changes('doc:a-line')).toEqual([{ position: 5, deleteCount: 0, insert: 'x' }])
    })

    test('undo takes back what this person did, and leaves the caret behind what came back', async ({
      visit,
      witness,
    }) => {
      const ada = await visit('ada')
      await ada.goto('/d/a')
      await shows(ada, 'text of a')
      await ada.isLive()
      await ada.select(5, 7)
      await ada.page.keyboard.press('Delete')
      await shows(ada, 'text  a')
      await witness.insert('doc:a', 0, 'their ')
      await shows(ada, 'their text  a')
      await ada.select(0)
      await ada.page.keyboard.press('ControlOrMeta+z')
      await shows(ada, 'their text of a')
      expect(await ada.selection()).toEqual([13, 13])
      // Nothing of this person is left: the browser's own history must not be asked.
      for (let press = 0; press < 3; press++) await ada.page.keyboard.press('ControlOrMeta+z')
      await ada.page.keyboard.press('ControlOrMeta+Shift+z')
      await shows(ada, 'their text  a')
      await ada.isSynced()
      await expect.poll(() => witness.value('doc:a')).toBe('their text  a')
    })

    test('a composition belongs to the text it was made in', async ({ visit, witness }) => {
      const ada = await visit('ada')
      await ada.goto('/d/a')
      await shows(ada, 'text of a')
      await ada.select(9)
      const session = await ada.context.newCDPSession(ada.page)
      await session.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 })
      // A link, pressed by the keyboard of a screen reader: the field keeps its composition until it goes.
      await ada.at('to-/d/b').dispatchEvent('click')
      await shows(ada, 'text of b')
      await ada.isSynced()
      await expect.poll(() => witness.value('doc:a')).toBe('text of aに')
      expect(witness.changes('doc:b')).toEqual([])
    })

    test('a title is the model of its field', async ({ visit, witness }) => {
      const ada = await visit('ada')
      await ada.goto('/d/a')
      await ada.isLive()
      await ada.field('Title').fill('A title')
      await expect.poll(() => witness.title('title:a')).toBe('A title')
      await ada.page.reload()
      await expect(ada.field('Title')).toHaveValue('A title')
      await ada.follow('/d/b')
      await expect(ada.field('Title')).toHaveValue('')
      expect(witness.title('title:b')).toBeUndefined()
    })

    if (isServed(app)) {
      test('the text is in the page that the server renders', async ({ visit, browser, baseURL }) => {
        const ada = await visit('ada')
        const context = await browser.newContext({
          baseURL,
          javaScriptEnabled: false,
          storageState: await ada.context.storageState(),
        })
        const page = await context.newPage()
        // The hub answers from its log: what was acknowledged is in it.
        await expect(async () => {
          await page.goto('/d/a')
          await expect(page.locator('textarea').first()).toHaveValue('text of a', { timeout: 500 })
        }).toPass()
        await context.close()
      })

      test('what was typed before the page was alive is kept, exactly', async ({ visit, witness }) => {
        const ada = await visit('ada')
        let release: () => void = () => undefined
        const held = new Promise<void>((resolve) => {
          release = resolve
        })
        await ada.page.route(/\.m?js(\?|$)/, async (route) => {
          await held
          await route.continue()
        })
        await ada.page.goto('/d/a', { waitUntil: 'commit' })
        const field = ada.page.locator('textarea').first()
        await expect(field).toHaveValue('text of a')
        await field.focus()
        await ada.page.keyboard.press('ControlOrMeta+End')
        await ada.page.keyboard.type(', typed early')
        await ada.page.keyboard.press('ControlOrMeta+Home')
        await ada.page.keyboard.type('😀')
        await witness.insert('doc:a', 4, 's')
        release()
        await ada.isLive()
        await shows(ada, '😀texts of a, typed early')
        await expect.poll(() => witness.value('doc:a')).toBe('😀texts of a, typed early')
        expect(
          witness
            .changes('doc:a')
            .map(({ insert, deleteCount }) => [insert.length, deleteCount])
            .reduce(([sum = 0, deleted = 0], [more = 0, gone = 0]) => [sum + more, deleted + gone], [0, 0]),
        ).toEqual([', typed early😀'.length, 0])
      })
    }
  })
}
