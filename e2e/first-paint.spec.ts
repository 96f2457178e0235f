import { createDesk, expect, test } from './support/test.js'

test('the first paint already shows the text, without JavaScript', async ({
  join,
  browser,
  baseURL,
  slug,
}) => {
  const ada = await join('Ada')
  await ada.write('Rendered on the server.')
  await ada.page.getByRole('button', { name: 'One Ideas more' }).click()
  await expect(ada.queued).toBeHidden()

  const context = await browser.newContext({
    baseURL,
    javaScriptEnabled: false,
    storageState: await ada.context.storageState(),
  })
  const page = await context.newPage()
  // The hub answers from its log, which has what was acknowledged: the badge above was hidden by that.
  await expect(async () => {
    await page.goto(`/d/${slug}`)
    await expect(createDesk(context, page, slug).text).toHaveValue('Rendered on the server.', {
      timeout: 500,
    })
  }).toPass()
  await expect(page.getByLabel('Ideas', { exact: true })).toHaveText('1')
  await context.close()
})

test('the page comes alive over the server-rendered text without a hydration error', async ({ join }) => {
  const ada = await join('Ada')
  await ada.write('Still here.')
  await expect(ada.queued).toBeHidden()
  const problems: string[] = []
  ada.page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  ada.page.on('pageerror', (error) => problems.push(error.message))
  await ada.page.reload()
  await expect(ada.connection).toHaveText('Online')
  await expect(ada.text).toHaveValue('Still here.')
  expect(problems).toEqual([])
})
