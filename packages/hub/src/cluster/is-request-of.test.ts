import { expect, it } from 'vitest'
import { isRequestOf } from './is-request-of.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

it('lets through what hubs send each other', () => {
  const request = {
    uid: 'abcdef',
    type: 6,
    data: ['feed', 'default', 'doc:a', 'aaaaaaaaaaaaaaaa', 1, 'AAAA'],
  }
  expect(isRequestOf('feed', bytes(JSON.stringify(request)))).toBe(true)
})

it.each([
  ['nothing', ''],
  ['no JSON', 'garbage'],
  ['an end that is missing', '{"uid":"a","type":6,"data":["feed"'],
  ['null', 'null'],
  ['another request', '{"uid":"a","type":5,"data":["feed"]}'],
  ['a request without data', '{"uid":"a","type":6}'],
  ['an event that throws where nobody listens', '{"uid":"a","type":6,"data":["error"]}'],
  ['one that wants an answer', '{"uid":"a","type":6,"requestId":"r","data":["feed"]}'],
])('passes over %s', (_what, text) => {
  expect(isRequestOf('feed', bytes(text))).toBe(false)
})
