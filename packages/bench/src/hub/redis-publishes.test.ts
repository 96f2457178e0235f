import { expect, it } from 'vitest'
import { isPublish } from './redis-publishes.js'

it.each([
  ['1700000000.1 [0 127.0.0.1:5] "PUBLISH" "bench-7#/default#" "x"', true],
  ['1700000000.1 [0 127.0.0.1:5] "spublish" "bench-7#/default#" "x"', true],
  ['1700000000.1 [0 127.0.0.1:5] "PUBLISH" "flowsync#/default#" "bench-7"', false],
  ['1700000000.1 [0 127.0.0.1:5] "SUBSCRIBE" "bench-7#/default#"', false],
  ['OK', false],
])('isPublish of %j is %s', (line, expected) => {
  expect(isPublish(line, 'bench-7')).toBe(expected)
})
