import { expect, it } from 'vitest'
import { TypingWindow } from './typing-window.js'

it('makes a typist wait while too much is unacknowledged', async () => {
  const window = new TypingWindow(2)
  window.enter()
  await window.room()
  window.enter()
  let hasRoom = false
  const waiting = window.room().then(() => {
    hasRoom = true
  })
  await Promise.resolve()
  expect(hasRoom).toBe(false)
  expect(window.size).toBe(2)
  window.leave()
  await waiting
  expect(hasRoom).toBe(true)
})
