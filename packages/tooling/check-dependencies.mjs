import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { readPage } from './markdown.mjs'
import { one } from './reports.mjs'
import { packageDirectories, readManifest, root } from './workspace.mjs'

const page = join(root, 'docs', 'dependencies.md')

/** @returns {string[]} the names of everything that any package of the workspace depends on, the workspace aside */
function usedDependencies() {
  const manifests = [root, ...packageDirectories()].map(readManifest)
  const names = manifests.flatMap((manifest) =>
    Object.entries({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.peerDependencies,
      ...manifest.optionalDependencies,
    }).flatMap(([name, version]) => (version.startsWith('workspace:') ? [] : [name])),
  )
  return [...new Set(names)]
}

/**
 * The rows of the page's table: a name in backticks, then the reason.
 *
 * @param {string} markdown
 * @returns {{ name: string, reason: string }[]}
 */
export const namedDependencies = (markdown) =>
  [...markdown.matchAll(/^\|\s*`([^`]+)`\s*\|(.*)\|\s*$/gm)].map(([, name = '', reason = '']) => ({
    name,
    reason: reason.trim(),
  }))

/**
 * @param {readonly string[]} used
 * @param {readonly { name: string, reason: string }[]} named
 * @returns {string[]} what is wrong
 */
export function compareDependencies(used, named) {
  const names = named.map(({ name }) => name)
  const missing = used.filter((name) => !names.includes(name)).map((name) => `${name} has no row`)
  const stale = names.filter((name) => !used.includes(name)).map((name) => `${name} is not used any more`)
  const silent = named.filter(({ reason }) => reason === '').map(({ name }) => `${name} has no reason`)
  const unordered = names
    .filter((name, index) => index > 0 && inOrder(names[index - 1] ?? '', name) >= 0)
    .map((name) => `${name} is out of order`)
  return [...missing, ...stale, ...silent, ...unordered]
}

/**
 * Alphabetical, the `@` of a scope aside.
 *
 * @param {string} a
 * @param {string} b
 */
const inOrder = (a, b) => a.replace(/^@/, '').localeCompare(b.replace(/^@/, ''), 'en')

/** `docs/dependencies.md` gives a reason for each dependency and names no other; one test. */
export function checkDependencies() {
  const named = existsSync(page) ? namedDependencies(readPage(page)) : []
  const wrong = compareDependencies(usedDependencies(), named)
  return one(wrong.length === 0, wrong.map((line) => `docs/dependencies.md: ${line}`).join('\n'))
}
