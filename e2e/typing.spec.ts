import { expect, test } from './support/test.js'

function selectionOf(field: HTMLElement | SVGElement): [number, number] {
  const { selectionStart, selectionEnd } = field as HTMLTextAreaElement
  return [selectionStart, selectionEnd]
}

test('a caret stays with its letters while somebody else types before it', async ({ join }) => {
  const ada = await join('Ada')
  await ada.write('The quick fox')
  const bob = await join('Bob')
  await expect(bob.text).toHaveValue('The quick fox')
  await bob.text.focus()
  await bob.text.evaluate((field) => (field as HTMLTextAreaElement).setSelectionRange(10, 13))

  await ada.text.focus()
  await ada.page.keyboard.press('ControlOrMeta+Home')
  await ada.page.keyboard.type('>> ')
  await expect(bob.text).toHaveValue('>> The quick fox')
  expect(await bob.text.evaluate(selectionOf)).toEqual([13, 16])
  await bob.page.keyboard.type('dog')
  await expect(ada.text).toHaveValue('>> The quick dog')
})

test('a composition of an input method is not broken by what others type', async ({ join }) => {
  const ada = await join('Ada')
  await ada.write('ab')
  const bob = await join('Bob')
  await expect(bob.text).toHaveValue('ab')
  await bob.text.focus()
  await bob.text.evaluate((field) => (field as HTMLTextAreaElement).setSelectionRange(1, 1))

  const session = await bob.context.newCDPSession(bob.page)
  await session.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 })
  await ada.text.focus()
  await ada.page.keyboard.press('ControlOrMeta+Home')
  await ada.page.keyboard.type('12')
  await expect(ada.text).toHaveValue('12ab')
  await session.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 })
  await session.send('Input.insertText', { text: '日本' })
  await expect(bob.text).toHaveValue('12a日本b')
  await expect(ada.text).toHaveValue('12a日本b')
  expect(await bob.text.evaluate(selectionOf)).toEqual([5, 5])
})

test('emoji typed by two people stay whole', async ({ join }) => {
  const ada = await join('Ada')
  const bob = await join('Bob')
  await Promise.all([ada.write('😀😃'), bob.write('👍🏽')])
  await expect(ada.text).toHaveValue(/^(😀😃👍🏽|👍🏽😀😃)$/u)
  await expect(bob.text).toHaveValue(await ada.text.inputValue())
})

test('chat and guests reach everybody in one order', async ({ join }) => {
  const ada = await join('Ada')
  const bob = await join('Bob')
  for (const [desk, message] of [
    [ada, 'First'],
    [bob, 'Second'],
  ] as const) {
    await desk.page.getByLabel('Message', { exact: true }).fill(message)
    await desk.page.getByRole('button', { name: 'Send' }).click()
    await expect(ada.page.getByRole('list', { name: 'Messages' })).toContainText(message)
  }
  for (const desk of [ada, bob]) {
    await expect(desk.page.getByRole('list', { name: 'Messages' }).getByRole('paragraph')).toHaveText([
      'First',
      'Second',
    ])
  }
  await ada.page.getByLabel('Guest', { exact: true }).fill('Grace')
  await ada.page.getByRole('button', { name: 'Add' }).click()
  await bob.page.getByRole('button', { name: 'Remove Grace' }).click()
  await expect(ada.page.getByRole('button', { name: 'Remove Grace' })).toBeHidden()
})
