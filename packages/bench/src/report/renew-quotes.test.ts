import { expect, it } from 'vitest'
import { renewQuotes } from './renew-quotes.js'

const figures = { a: '9 ms', b: '12x' }

it('renews what is quoted from the suite, and leaves the rest of the page alone', () => {
  const page =
    'It takes <!-- bench:crdt a -->7.8 ms<!-- /bench -->, and <!-- bench:crdt b -->3x<!-- /bench -->.\n7.8 ms'
  expect(renewQuotes(page, 'crdt', figures)).toBe(
    'It takes <!-- bench:crdt a -->9 ms<!-- /bench -->, and <!-- bench:crdt b -->12x<!-- /bench -->.\n7.8 ms',
  )
})

it('leaves other suites, unknown names and examples in code', () => {
  const page =
    '<!-- bench:hub a -->1<!-- /bench --> <!-- bench:crdt toString -->1<!-- /bench --> `<!-- bench:crdt a -->1<!-- /bench -->`'
  expect(renewQuotes(page, 'crdt', figures)).toBe(page)
})
