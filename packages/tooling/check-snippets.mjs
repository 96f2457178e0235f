import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import { documentationPages, fencesOf, readPage } from './markdown.mjs'
import { run } from './process.mjs'
import { one, sum } from './reports.mjs'
import { bin, root, shown } from './workspace.mjs'

/** Inside this package, because it depends on all that a snippet may import. */
const directory = join(root, 'packages', 'tooling', '.snippets')

const compilerOptions = {
  target: 'ES2023',
  lib: ['ES2023', 'DOM'],
  module: 'ESNext',
  moduleResolution: 'bundler',
  moduleDetection: 'force',
  jsx: 'react-jsx',
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: ['node'],
}

/**
 * @typedef {object} Snippet
 * @property {string} page
 * @property {number} line where it begins, from 1
 * @property {string} file where it is compiled, relative to the snippets' folder
 * @property {string} source padded, so that a line's number is the one it has in the page
 */

/**
 * The TypeScript of a page. `no-check` after the language leaves a fence out, `continued` appends it to the one
 * before, `file=NAME` lets other fences of the page import it as `./NAME`.
 *
 * @param {string} page
 * @param {string} markdown
 * @returns {Snippet[]}
 */
export function snippetsOf(page, markdown) {
  /** @type {Snippet[]} */
  const snippets = []
  for (const { language, words, code, line } of fencesOf(markdown)) {
    if (!['ts', 'tsx', 'typescript'].includes(language) || words.includes('no-check')) continue
    const last = snippets.at(-1)
    if (words.includes('continued') && last !== undefined) {
      last.source = `${pad(last.source, line)}${code}\n`
      continue
    }
    const name = words.find((word) => word.startsWith('file='))?.slice('file='.length)
    const extension = language === 'tsx' ? 'tsx' : 'ts'
    const file = join(page.replaceAll('/', '_'), name ?? `line-${line}.${extension}`)
    snippets.push({ page, line, file, source: `${pad('', line)}${code}\n` })
  }
  return snippets
}

/**
 * @param {string} text that ends with a newline, or nothing
 * @param {number} line the line that is to come next
 */
const pad = (text, line) => text + '\n'.repeat(Math.max(0, line - text.split('\n').length))

/** The TypeScript snippets of the documentation compile against the built packages; one test a snippet. */
export async function checkSnippets() {
  const pages = documentationPages().filter(existsSync)
  const snippets = pages.flatMap((page) => snippetsOf(shown(page), readPage(page)))
  if (snippets.length === 0) return sum([])
  rmSync(directory, { recursive: true, force: true })
  for (const { file, source } of snippets) {
    mkdirSync(dirname(join(directory, file)), { recursive: true })
    writeFileSync(join(directory, file), source)
  }
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*'] }))
  const { code, output } = await run(bin('tsc'), ['-p', directory, '--pretty', 'false'])
  const errors = output
    .split('\n')
    .filter((line) => line.includes(': error TS') || line.startsWith('error TS'))
  const counts = snippets.map(({ page, line, file }) => {
    const path = `${relative(root, join(directory, file))}(`
    const own = errors.filter((error) => error.startsWith(path))
    return one(
      own.length === 0,
      own.map((error) => error.replace(path, `${page}(`)).join('\n') || `${page}:${line}`,
    )
  })
  const total = sum(counts)
  // An error that belongs to no snippet (a broken configuration) must not pass unseen.
  return code !== 0 && total.failed === 0 ? sum([total, one(false, output)]) : total
}
