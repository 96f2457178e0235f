import { expect, it } from 'vitest'
import { escapeXml } from './xml.js'

it('escapes what would end a text or an attribute', () => {
  expect(escapeXml(`<a b="c" d='e'>&amp;`)).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;')
})

it('leaves out what XML has no way to write, and keeps the rest', () => {
  expect(escapeXml('a\u0000\u001bb\tc\né×')).toBe('ab\tc\né×')
})
