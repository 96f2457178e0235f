import { describe, expect, test } from 'vitest'

import { compareDependencies, namedDependencies } from './check-dependencies.mjs'
import { compareFigures, quotesOf } from './check-figures.mjs'
import { snippetsOf } from './check-snippets.mjs'
import { anchorsOf, fencesOf, linksOf } from './markdown.mjs'

test('linksOf finds links and images outside code', () => {
  const page = 'a [b](c.md) ![d](e.png "f") [![g](h)](i) `[no](no)`\n\n```md\n[no](no)\n```\n\n[j]: k.md\n'
  expect(linksOf(page)).toEqual(['c.md', 'e.png', 'h', 'i', 'k.md'])
})

test('anchorsOf spells headings as GitHub does', () => {
  const page = '# A `b` & C\n## Same\n## Same\n### [Link](x.md), too\n```sh\n# comment\n```\n'
  expect([...anchorsOf(page)]).toEqual(['a-b--c', 'same', 'same-1', 'link-too'])
})

test('fencesOf knows languages, words and lines', () => {
  const page = 'text\n\n```ts no-check\nlet a\n```\n~~~\nplain\n```\n~~~\n'
  expect(fencesOf(page)).toEqual([
    { language: 'ts', words: ['no-check'], code: 'let a', line: 4 },
    { language: '', words: [], code: 'plain\n```', line: 7 },
  ])
})

describe('snippetsOf', () => {
  test('keeps the line numbers of the page', () => {
    const [snippet] = snippetsOf('docs/a.md', 'text\n\n```tsx\nconst a = <b />\n```\n')
    expect(snippet?.source.split('\n').indexOf('const a = <b />')).toBe(3)
    expect(snippet?.file).toBe('docs_a.md/line-4.tsx')
  })

  test('appends what is continued, names files and leaves out what is not to be checked', () => {
    const page =
      '```ts file=streams.ts\nexport const a = 1\n```\nand\n```ts continued\nexport const b = a\n```\n```ts no-check\n?\n```\n```sh\nls\n```\n'
    const snippets = snippetsOf('README.md', page)
    expect(snippets).toHaveLength(1)
    expect(snippets[0]?.file).toBe('README.md/streams.ts')
    expect(snippets[0]?.source).toBe('\nexport const a = 1\n\n\n\nexport const b = a\n')
  })
})

describe('compareDependencies', () => {
  const named = namedDependencies(
    '| dependency | why |\n| --- | --- |\n| `a` | x |\n| `@b/c` | y |\n| `d` | |\n',
  )

  test('is content when each dependency has its row', () => {
    expect(compareDependencies(['a', '@b/c'], named.slice(0, 2))).toEqual([])
  })

  test('names what is missing, stale, silent and out of order', () => {
    expect(compareDependencies(['a', '@b/c', 'e'], named)).toEqual([
      'e has no row',
      'd is not used any more',
      'd has no reason',
    ])
    expect(compareDependencies(['a', '@b/c'], named.slice(0, 2).reverse())).toEqual(['a is out of order'])
  })
})

test('quotesOf finds marked figures outside code', () => {
  const page =
    'It takes <!-- bench:crdt local-edits.flowsync -->7.8 ms<!-- /bench -->.\n\n```md\n<!-- bench:crdt no -->1<!-- /bench -->\n```\n'
  expect(quotesOf(page)).toEqual([{ suite: 'crdt', name: 'local-edits.flowsync', text: '7.8 ms' }])
})

describe('compareFigures', () => {
  const figuresOf = (/** @type {string} */ suite) =>
    suite === 'crdt' ? { a: '7.8 ms', b: '12x' } : undefined

  test('is content with the figures of the last run, and with a page that quotes none', () => {
    const page = '<!-- bench:crdt a -->7.8 ms<!-- /bench --> and <!-- bench:crdt b -->12x<!-- /bench -->'
    expect(compareFigures(page, figuresOf)).toEqual([])
    expect(compareFigures('It takes 9 ms.', figuresOf)).toEqual([])
  })

  test('tells the figures of two suites apart', () => {
    const page = '<!-- bench:crdt a -->7.8 ms<!-- /bench --><!-- bench:hub a -->4.10M/s<!-- /bench -->'
    const both = (/** @type {string} */ suite) => (suite === 'hub' ? { a: '4.10M/s' } : figuresOf(suite))
    expect(quotesOf(page)[1]).toEqual({ suite: 'hub', name: 'a', text: '4.10M/s' })
    expect(compareFigures(page, both)).toEqual([])
    expect(compareFigures(page.replace('4.10M', '4.11M'), both)).toEqual(['hub a is 4.10M/s, not 4.11M/s'])
  })

  test('names figures that are stale, unknown or of no run', () => {
    const page =
      '<!-- bench:crdt a -->7.9 ms<!-- /bench --><!-- bench:crdt toString -->1<!-- /bench --><!-- bench:hub a -->7.8 ms<!-- /bench -->'
    expect(compareFigures(page, figuresOf)).toEqual([
      'crdt a is 7.8 ms, not 7.9 ms',
      'crdt has no figure toString',
      'no run of hub is recorded',
    ])
  })

  test('names a mark that is not closed', () => {
    expect(compareFigures('<!-- bench:crdt a -->7.8 ms', figuresOf)).toEqual([
      'a quoted figure has no name or no end',
    ])
  })
})
