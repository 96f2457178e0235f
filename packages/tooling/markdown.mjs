import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { filesBelow, packageDirectories, root } from './workspace.mjs'

/** @returns {string[]} the pages that people read: at the root, in docs and beside each package */
export function documentationPages() {
  const places = [join(root, 'docs'), ...packageDirectories()]
  const atRoot = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'].map((name) => join(root, name))
  const below = places.flatMap(filesBelow).filter((file) => file.endsWith('.md'))
  return [...atRoot, ...new Set(below)]
}

/**
 * @typedef {object} Fence a fenced block of code
 * @property {string} language
 * @property {string[]} words what follows the language on the opening line
 * @property {string} code
 * @property {number} line of the first line of code, from 1
 */

/**
 * @param {string} markdown
 * @returns {Fence[]}
 */
export function fencesOf(markdown) {
  /** @type {Fence[]} */
  const fences = []
  /** @type {{ mark: string, fence: Fence, lines: string[] } | undefined} */
  let open
  markdown.split('\n').forEach((text, index) => {
    if (open !== undefined) {
      if (!text.trim().startsWith(open.mark)) return void open.lines.push(text)
      fences.push({ ...open.fence, code: open.lines.join('\n') })
      open = undefined
      return
    }
    const match = /^\s*(`{3,}|~{3,})\s*(.*)$/.exec(text)
    if (match === null) return
    const [language = '', ...words] = (match[2] ?? '').trim().split(/\s+/)
    open = { mark: match[1] ?? '```', fence: { language, words, code: '', line: index + 2 }, lines: [] }
  })
  return fences
}

/** A page without its code. @param {string} markdown */
export const withoutFences = (markdown) =>
  markdown.replace(/^\s*(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\s*\1[^\n]*$/gm, '').replace(/`[^`\n]*`/g, '')

/**
 * @param {string} markdown
 * @returns {string[]} the targets of all links and images, outside code
 */
export function linksOf(markdown) {
  const text = withoutFences(markdown)
  const inline = [...text.matchAll(/\]\(\s*<?([^\s)>]+)>?[^)]*\)/g)]
  const defined = [...text.matchAll(/^\s*\[[^\]]+\]:\s*(\S+)/gm)]
  const html = [...text.matchAll(/\b(?:href|src)="([^"]+)"/g)]
  return [...inline, ...defined, ...html].map((match) => match[1] ?? '')
}

/**
 * The anchors of a page's headings, as GitHub makes them.
 *
 * @param {string} markdown
 * @returns {Set<string>}
 */
export function anchorsOf(markdown) {
  const text = markdown.replace(/^\s*(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\s*\1[^\n]*$/gm, '')
  /** @type {Map<string, number>} */
  const seen = new Map()
  const anchors = new Set([...text.matchAll(/\b(?:id|name)="([^"]+)"/g)].map((match) => match[1] ?? ''))
  for (const [, heading = ''] of text.matchAll(/^#{1,6}\s+(.+?)\s*#*\s*$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-')
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    anchors.add(times === 0 ? slug : `${slug}-${times}`)
  }
  return anchors
}

/** @param {string} page */
export const readPage = (page) => readFileSync(page, 'utf8')
