import { expect, test } from './support/test.js'

test('two people write at once, one of them offline for a while', async ({ join }) => {
  const ada = await join('Ada')
  const bob = await join('Bob')
  await expect(ada.connection).toHaveText('Online')
  await expect(bob.connection).toHaveText('Online')

  await ada.write('Hello ')
  await expect(bob.text).toHaveValue('Hello ')

  await bob.toggleOffline()
  await expect(bob.connection).toHaveText('Offline')
  await Promise.all([ada.write('from Ada. '), bob.write('from Bob. ')])
  await bob.page.getByRole('button', { name: 'One Votes more' }).click()
  await ada.page.getByRole('button', { name: 'One Votes more' }).click()
  await expect(bob.queued).toBeVisible()
  await expect(ada.text).toHaveValue('Hello from Ada. ')
  await expect(bob.text).toHaveValue('Hello from Bob. ')

  await bob.toggleOffline()
  await expect(bob.connection).toHaveText('Online')
  await expect(bob.queued).toBeHidden()
  await expect(ada.text).toHaveValue(/^Hello (from Ada\. from Bob\. |from Bob\. from Ada\. )$/)
  await expect(bob.text).toHaveValue(await ada.text.inputValue())
  for (const desk of [ada, bob]) await expect(desk.page.getByLabel('Votes', { exact: true })).toHaveText('2')
})

test('queued edits survive reloads while the hub is dead, and all converge when it is back', async ({
  join,
  servers,
}) => {
  const ada = await join('Ada')
  const bob = await join('Bob')
  await ada.write('Before. ')
  await expect(bob.text).toHaveValue('Before. ')

  await servers.hub.kill()
  for (const desk of [ada, bob]) await expect(desk.connection).not.toHaveText('Online')
  await ada.write('Ada. ')
  await bob.write('Bob. ')
  await bob.page.getByLabel('Guest', { exact: true }).fill('Grace')
  await bob.page.keyboard.press('Enter')
  for (const desk of [ada, bob]) {
    await expect(desk.queued).toBeVisible()
    await expect(desk.page.getByText('saved on this device')).toBeVisible()
    await desk.page.reload()
    await expect(desk.queued).toBeVisible()
  }
  await expect(ada.text).toHaveValue('Before. Ada. ')
  await expect(bob.text).toHaveValue('Before. Bob. ')
  await expect(bob.page.getByRole('listitem').filter({ hasText: 'Grace' })).toBeVisible()

  await servers.hub.restart()
  for (const desk of [ada, bob]) {
    await expect(desk.connection).toHaveText('Online', { timeout: 30_000 })
    await expect(desk.queued).toBeHidden()
    await expect(desk.text).toHaveValue(/^Before\. (Ada\. Bob\. |Bob\. Ada\. )$/)
  }
  await expect(bob.text).toHaveValue(await ada.text.inputValue())
  await expect(ada.page.getByRole('listitem').filter({ hasText: 'Grace' })).toBeVisible()
})

test('two tabs of one browser share their edits and lose none when one is closed', async ({ join, slug }) => {
  const first = await join('Ada')
  const page = await first.context.newPage()
  await page.goto(`/d/${slug}`)
  const text = page.getByRole('textbox', { name: `Text of ${slug}` })
  await first.write('one ')
  await expect(text).toHaveValue('one ')
  await first.toggleOffline()
  await first.write('two ')
  await expect(first.page.getByText('saved on this device')).toBeVisible()
  await first.page.close()
  await page.reload()
  await expect(text).toHaveValue('one two ')
  await expect(page.getByText(/changes? queued/)).toBeHidden()
})
