import { join } from 'node:path'
import { expect, test as base, type APIRequestContext } from '@playwright/test'
import { SignJWT } from 'jose'
import { freePort, startService, type Service } from './support/processes.js'
import { SECRET, startHub, type TestHub } from './support/servers.js'

const build = join(import.meta.dirname, 'fixtures/sveltekit/dist/index.js')
const stream = 'doc:sveltekit'

async function startSvelteKit(hubUrl: string): Promise<Service> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  return startService({
    name: 'SvelteKit',
    args: [build],
    cwd: join(build, '../..'),
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      FLOWSYNC_HUB_URL: hubUrl,
      FLOWSYNC_SECRET: SECRET,
    },
    url,
    healthUrl: url,
  })
}

/** Somebody else, who writes through the hub's HTTP API. */
async function write(request: APIRequestContext, hubUrl: string, text: string): Promise<void> {
  const token = await new SignJWT({ grants: ['write:doc:*'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('somebody else')
    .setExpirationTime('1m')
    .sign(new TextEncoder().encode(SECRET))
  const answer = await request.post(`${hubUrl}/v1/default/streams/${encodeURIComponent(stream)}`, {
    headers: { authorization: `Bearer ${token}` },
    data: { intent: { op: 'insert', pos: 0, text } },
  })
  expect(answer.ok(), await answer.text()).toBe(true)
}

const test = base.extend<object, { hub: TestHub; app: Service }>({
  hub: [
    async ({}, use) => {
      const hub = await startHub()
      await use(hub)
      await hub.dispose()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  app: [
    async ({ hub }, use) => {
      const app = await startSvelteKit(hub.url)
      await use(app)
      await app.stop()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
})

test('a SvelteKit load brings the text into the first paint, without JavaScript', async ({
  browser,
  request,
  hub,
  app,
}) => {
  await write(request, hub.url, 'Rendered by SvelteKit. ')
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(app.url)
  await expect(page.getByTestId('store')).toContainText('Rendered by SvelteKit.')
  await expect(page.getByTestId('rune')).toContainText('Rendered by SvelteKit.')
  await context.close()
})

test('the page comes alive over it and stays so', async ({ page, request, hub, app }) => {
  await write(request, hub.url, 'Before. ')
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(error.message))
  await page.goto(app.url)
  await expect(page.getByRole('status')).toHaveText('Online')
  await write(request, hub.url, 'Live. ')
  await expect(page.getByTestId('store')).toContainText('Live. Before.')
  await page.getByRole('button', { name: 'Exclaim' }).click()
  await expect(page.getByTestId('rune')).toHaveText(/Live\. Before\..*!$/)
  expect(problems).toEqual([])
})
