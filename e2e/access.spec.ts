import { expect, test } from './support/test.js'

test.use({ tokenSeconds: 5 })

test('an expiring token is renewed without a reconnect', async ({ join }) => {
  const ada = await join('Ada')
  await expect(ada.connection).toHaveText('Online')
  const sockets: string[] = []
  const tokens: string[] = []
  ada.page.on('websocket', (socket) => sockets.push(socket.url()))
  ada.page.on('response', (response) => {
    if (response.url().endsWith('/api/flowsync/token') && response.ok()) tokens.push(response.url())
  })
  await ada.page.reload()
  await expect(ada.connection).toHaveText('Online')
  await expect.poll(() => tokens.length, { timeout: 25_000 }).toBeGreaterThan(3)
  await ada.write('Still connected.')
  await expect(ada.queued).toBeHidden()
  await expect(ada.connection).toHaveText('Online')
  expect(sockets).toHaveLength(1)
})

test('somebody who may only read is told so and cannot write', async ({ join }) => {
  const ada = await join('Ada')
  await ada.write('Look, but do not touch.')
  const eve = await join('Eve', { viewer: true })
  await expect(eve.text).toHaveValue('Look, but do not touch.')
  await expect(eve.page.getByTestId('read-only')).toBeVisible()
  await expect(eve.text).not.toBeEditable()
  await expect(eve.page.getByRole('button', { name: 'One Votes more' })).toBeDisabled()
  await ada.write(' Really.')
  await expect(eve.text).toHaveValue('Look, but do not touch. Really.')
})
