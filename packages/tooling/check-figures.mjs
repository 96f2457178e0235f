import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { readJson } from './json.mjs'
import { documentationPages, readPage, withoutFences } from './markdown.mjs'
import { one, sum } from './reports.mjs'
import { root, shown } from './workspace.mjs'

const recordings = join(root, 'docs', 'benchmarks')

/**
 * @typedef {object} Quote a figure that a page takes from a recorded run
 * @property {string} suite such as `crdt`
 * @property {string} name such as `local-edits.flowsync`
 * @property {string} text what the page says
 */

/**
 * The figures that a page quotes, written as `<!-- bench:SUITE NAME -->7.8 ms<!-- /bench -->`, outside code.
 *
 * @param {string} markdown
 * @returns {Quote[]}
 */
export const quotesOf = (markdown) =>
  [
    ...withoutFences(markdown).matchAll(/<!--\s*bench:(\S+)\s+(\S+)\s*-->([\s\S]*?)<!--\s*\/bench\s*-->/g),
  ].map(([, suite = '', name = '', text = '']) => ({ suite, name, text: text.trim() }))

/**
 * @param {string} markdown
 * @param {(suite: string) => Readonly<Record<string, string>> | undefined} figuresOf the figures of the suite's last recorded run
 * @returns {string[]} what is wrong
 */
export function compareFigures(markdown, figuresOf) {
  const quotes = quotesOf(markdown)
  const opened = withoutFences(markdown).match(/<!--\s*bench:/g)?.length ?? 0
  const unread = opened === quotes.length ? [] : ['a quoted figure has no name or no end']
  const wrong = quotes.flatMap(({ suite, name, text }) => {
    const figures = figuresOf(suite)
    if (figures === undefined) return [`no run of ${suite} is recorded`]
    const figure = Object.hasOwn(figures, name) ? figures[name] : undefined
    if (figure === undefined) return [`${suite} has no figure ${name}`]
    return figure === text ? [] : [`${suite} ${name} is ${figure}, not ${text}`]
  })
  return [...unread, ...wrong]
}

/** Figures that pages quote from benchmarks are those of the last recorded run; one test a page that quotes any. */
export function checkFigures() {
  const pages = documentationPages()
    .filter(existsSync)
    .filter((page) => readPage(page).includes('<!-- bench:'))
  return sum(
    pages.map((page) => {
      const wrong = compareFigures(readPage(page), recordedFigures)
      return one(wrong.length === 0, wrong.map((line) => `${shown(page)}: ${line}`).join('\n'))
    }),
  )
}

/** @param {string} suite */
function recordedFigures(suite) {
  const file = join(recordings, `${suite}.json`)
  if (!/^[\w-]+$/.test(suite) || !existsSync(file)) return undefined
  return /** @type {{ figures?: Record<string, string> }} */ (readJson(file)).figures
}
