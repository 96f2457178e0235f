/** How the cells of a column are set. */
export type Alignment = 'left' | 'right'

/** Lines of cells in columns as wide as their widest cell; columns without an alignment are set to the left. */
export function textTable(
  lines: readonly (readonly string[])[],
  alignments: readonly Alignment[] = [],
): string {
  const widths = columnWidths(lines)
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => pad(cell, widths[column] ?? 0, alignments[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** A Markdown table with aligned source, as Prettier writes it. The first line is its head. */
export function markdownTable(
  lines: readonly (readonly string[])[],
  alignments: readonly Alignment[] = [],
): string {
  const escaped = lines.map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = columnWidths(escaped).map((width) => Math.max(3, width))
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => pad(cell, widths[column] ?? 0, alignments[column])).join(' | ')} |`
  const rule = widths.map((width, column) =>
    alignments[column] === 'right' ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  )
  const [head = [], ...body] = escaped
  return [row(head), `| ${rule.join(' | ')} |`, ...body.map(row)].join('\n')
}

function columnWidths(lines: readonly (readonly string[])[]): number[] {
  const count = Math.max(0, ...lines.map(({ length }) => length))
  return Array.from({ length: count }, (_, column) =>
    Math.max(...lines.map((cells) => width(cells[column] ?? ''))),
  )
}

function pad(cell: string, columnWidth: number, alignment: Alignment = 'left'): string {
  const space = ' '.repeat(columnWidth - width(cell))
  return alignment === 'right' ? space + cell : cell + space
}

function width(text: string): number {
  return [...text].length
}
