import { expect, test } from 'vitest'
import * as browser from './browser.js'
import * as server from './index.js'

test('a browser finds every function of the server entry, and each says where it belongs', () => {
  expect(Object.keys(browser).sort()).toEqual(Object.keys(server).sort())
  for (const refuse of Object.values(browser))
    expect(refuse).toThrow(expect.objectContaining({ code: 'config/invalid' }))
})
