import { test as base, expect, type BrowserContext, type Locator, type Page } from '@playwright/test'
import { startApp, type AppName } from './apps.js'
import type { Service } from './processes.js'
import { startHub, type TestHub } from './servers.js'
import { Witness } from './witness.js'

/** The people that the applications know; Eve may only read. */
export type PersonName = 'ada' | 'bob' | 'eve'

/** A person at a browser of their own, on a page of an application. */
export class Visitor {
  readonly context: BrowserContext
  readonly page: Page
  /** What the console printed in red, and errors that nobody caught. */
  readonly problems: string[] = []

  constructor(context: BrowserContext, page: Page) {
    this.context = context
    this.page = page
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(message.text())
    })
    page.on('pageerror', (error) => this.problems.push(String(error)))
  }

  /** The field of the page that is seen: frameworks keep hidden pages. */
  field(label = 'Text'): Locator {
    return this.page.locator(`[aria-label="${label}"]:visible`)
  }

  at(testId: string): Locator {
    return this.page.getByTestId(testId).filter({ visible: true })
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(path)
  }

  /** Goes to a page as a link of the application does, without loading one. */
  async follow(path: string): Promise<void> {
    await this.at(`to-${path}`).click()
    await this.page.waitForURL((url) => url.pathname === path)
  }

  async signIn(name: PersonName): Promise<void> {
    await this.at(`sign-in-${name}`).click()
    await expect(this.at('user')).toHaveText(new RegExp(name, 'i'))
  }

  /** Connected; a client whose hub was away tries again with backoff. */
  async isLive(): Promise<void> {
    await expect(this.at('connection')).toHaveText('live', { timeout: 30_000 })
  }

  /** All edits of this page are acknowledged. */
  async isSynced(): Promise<void> {
    await expect(this.at('pending')).toHaveText(/\b0\b/)
  }

  /** Puts the caret somewhere in the field and types. */
  async type(text: string, position?: number, label?: string): Promise<void> {
    await this.select(position ?? (await this.field(label).inputValue()).length, undefined, label)
    await this.page.keyboard.type(text)
  }

  async select(start: number, end = start, label?: string): Promise<void> {
    await this.field(label).focus()
    await this.field(label).evaluate(
      (element, [from, to]) => (element as HTMLTextAreaElement).setSelectionRange(from, to),
      [start, end] as const,
    )
  }

  selection(label?: string): Promise<[number, number]> {
    return this.field(label).evaluate((element): [number, number] => {
      const { selectionStart, selectionEnd } = element as HTMLTextAreaElement
      return [selectionStart, selectionEnd]
    })
  }
}

interface AppFixtures {
  /** Opens a browser of its own. Signed in by the API, unless nobody is named. */
  visit(name?: PersonName): Promise<Visitor>
}

interface AppWorld {
  app: AppName
  hub: TestHub
  server: Service
  witness: Witness
}

/** Tests of the applications; `app` says of which. */
export const test = base.extend<AppFixtures, AppWorld>({
  app: ['next', { option: true, scope: 'worker' }],
  hub: [
    async ({}, use) => {
      const hub = await startHub('e2e/support/streams.ts')
      await use(hub)
      await hub.dispose()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  server: [
    async ({ app, hub }, use) => {
      const server = await startApp(app, hub.url)
      await use(server)
      await server.stop()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  witness: [
    async ({ hub }, use) => {
      const witness = new Witness(hub.url)
      await use(witness)
      await witness.close()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  visit: async ({ browser, baseURL }, use) => {
    const contexts: BrowserContext[] = []
    await use(async (name) => {
      const context = await browser.newContext({ baseURL })
      contexts.push(context)
      if (name) {
        const answer = await context.request.post('/api/sign-in', { data: { name } })
        expect(answer.ok(), await answer.text()).toBe(true)
      }
      return new Visitor(context, await context.newPage())
    })
    for (const context of contexts) await context.close()
  },
})

export { expect }
