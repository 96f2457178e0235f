import { test as base, expect, type BrowserContext, type Page } from '@playwright/test'
import { startDemo, startHub, type TestHub } from './servers.js'
import type { Service } from './processes.js'

interface Servers {
  readonly hub: TestHub
  readonly demo: Service
}

interface Fixtures {
  /** A document name that no other test uses. */
  slug: string
  /** Opens the test's document in a browser of its own (own cookies, own IndexedDB). */
  join(name: string, options?: { viewer?: boolean }): Promise<Desk>
}

/** One person at one browser. */
export interface Desk {
  readonly context: BrowserContext
  readonly page: Page
  readonly text: ReturnType<Page['getByRole']>
  readonly connection: ReturnType<Page['getByTestId']>
  readonly queued: ReturnType<Page['getByText']>
  /** Types at the end of the text. */
  write(text: string): Promise<void>
  toggleOffline(): Promise<void>
}

export const test = base.extend<Fixtures, { servers: Servers; tokenSeconds: number }>({
  tokenSeconds: [300, { option: true, scope: 'worker' }],

  servers: [
    async ({ tokenSeconds }, use) => {
      const hub = await startHub()
      const demo = await startDemo(hub.url, tokenSeconds)
      await use({ hub, demo })
      await demo.stop()
      await hub.dispose()
    },
    { scope: 'worker', timeout: 90_000 },
  ],

  baseURL: async ({ servers }, use) => use(servers.demo.url),

  slug: async ({}, use, info) => use(`t-${info.testId.slice(-8)}-${info.repeatEachIndex}`),

  join: async ({ browser, slug, baseURL }, use) => {
    const contexts: BrowserContext[] = []
    await use(async (name, { viewer = false } = {}) => {
      const context = await browser.newContext({ baseURL })
      contexts.push(context)
      const page = await context.newPage()
      await page.goto(`/d/${slug}`)
      await page.getByLabel('Your name').fill(name)
      if (viewer) await page.getByLabel('Only look').check()
      await page.getByRole('button', { name: 'Come in' }).click()
      await expect(page.getByRole('textbox', { name: `Text of ${slug}` })).toBeVisible()
      return createDesk(context, page, slug)
    })
    for (const context of contexts) await context.close()
  },
})

export function createDesk(context: BrowserContext, page: Page, slug: string): Desk {
  const text = page.getByRole('textbox', { name: `Text of ${slug}` })
  return {
    context,
    page,
    text,
    connection: page.getByTestId('connection'),
    queued: page.getByText(/changes? queued/),
    async write(addition) {
      await text.focus()
      await page.keyboard.press('ControlOrMeta+End')
      await page.keyboard.type(addition)
    },
    async toggleOffline() {
      await page.getByRole('switch').click()
    },
  }
}

export { expect }
