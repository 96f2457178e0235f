import { createServer } from 'node:net'

import { describe, expect, test } from 'vitest'

import { anyFreePort, choosePort, isPortFree, parsePort, PortError } from './ports.mjs'

/** @param {...number} ports */
const inUse = (...ports) => {
  return (/** @type {number} */ port) => Promise.resolve(!ports.includes(port))
}
const wish = { asked: undefined, preferred: 3000, name: 'PORT' }

describe('choosePort', () => {
  test('takes the usual port, and the next free one when it is in use', async () => {
    expect(await choosePort(wish, inUse())).toEqual({ port: 3000 })
    expect(await choosePort(wish, inUse(3000, 3001))).toEqual({
      port: 3002,
      note: 'port 3000 is in use, taking 3002',
    })
  })

  test('passes over a port that is promised to another', async () => {
    expect((await choosePort({ ...wish, taken: [3000] }, inUse())).port).toBe(3001)
  })

  test('refuses when the port that was asked for is in use, and names the way out', async () => {
    await expect(choosePort({ ...wish, asked: 4000 }, inUse(4000))).rejects.toThrow(/4000 is in use.*PORT/)
    await expect(choosePort({ ...wish, asked: 4000, taken: [4000] }, inUse())).rejects.toThrow(PortError)
    expect(await choosePort({ ...wish, asked: 4000 }, inUse(3000))).toEqual({ port: 4000 })
  })

  test('gives up at the end of the range', async () => {
    await expect(choosePort({ ...wish, preferred: 65535 }, inUse(65535))).rejects.toThrow(/no free port/)
  })
})

describe('parsePort', () => {
  test('reads a port or nothing', () => {
    expect(parsePort('8080', 'PORT')).toBe(8080)
    expect(parsePort(undefined, 'PORT')).toBeUndefined()
    expect(parsePort('', 'PORT')).toBeUndefined()
  })

  test.each(['0', '65536', '-1', 'http', '80.5', '1e3'])('refuses %s', (text) => {
    expect(() => parsePort(text, 'HUB_PORT')).toThrow(/HUB_PORT/)
  })
})

test.each(['127.0.0.1', '0.0.0.0'])('a port with a listener on %s is not free', async (host) => {
  const port = await anyFreePort()
  expect(await isPortFree(port)).toBe(true)
  const server = createServer()
  await new Promise((resolve) => server.listen(port, host, () => resolve(undefined)))
  expect(await isPortFree(port)).toBe(false)
  await new Promise((resolve) => server.close(resolve))
})
