import { readFileSync } from 'node:fs'
import { PROTOCOL_VERSION } from '../version.js'

const page = readFileSync(
  new URL(`../../../../docs/protocol/v${PROTOCOL_VERSION}.md`, import.meta.url),
  'utf8',
)

/** What the specification says under a heading, up to the next heading of any level. */
export function specSection(heading: string): string {
  const sections = page.split(/^#+ /m)
  const found = sections.find((section) => section.startsWith(`${heading}\n`))
  if (found === undefined) throw new Error(`The specification has no heading "${heading}".`)
  return found
}

/** The rows of the first table of a section, as cells without their code marks; without its head. */
export function tableRows(section: string): readonly (readonly string[])[] {
  const lines = section.split('\n')
  const head = lines.findIndex((line) => /^\|[-| ]+\|$/.test(line))
  const after = lines.slice(head + 1)
  const end = after.findIndex((line) => !line.startsWith('|'))
  return after.slice(0, end === -1 ? undefined : end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}
