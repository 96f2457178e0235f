import { existsSync, statSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'

import { anchorsOf, documentationPages, linksOf, readPage } from './markdown.mjs'
import { one, sum } from './reports.mjs'
import { root, shown } from './workspace.mjs'

/** Every relative link of the documentation leads somewhere; one test a page. */
export function checkLinks() {
  return sum(
    documentationPages().map((page) => {
      if (!existsSync(page)) return one(false, `${shown(page)} does not exist`)
      const broken = brokenLinks(page)
      return one(broken.length === 0, broken.join('\n'))
    }),
  )
}

/**
 * @param {string} page
 * @returns {string[]} what is wrong, one line a link
 */
function brokenLinks(page) {
  return linksOf(readPage(page)).flatMap((link) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(link) || link.startsWith('//')) return []
    const [path = '', anchor] = decodeURI(link).split('#')
    const target =
      path === '' ? page : path.startsWith('/') ? resolve(root, `.${path}`) : resolve(dirname(page), path)
    const complaint = `${shown(page)}: ${link}`
    if (relative(root, target).startsWith('..')) return [`${complaint} leads out of the repository`]
    if (!existsSync(target)) return [`${complaint} leads nowhere`]
    const isPage = target.endsWith('.md') && statSync(target).isFile()
    if (anchor && isPage && !anchorsOf(readPage(target)).has(anchor)) return [`${complaint} names no heading`]
    return []
  })
}
