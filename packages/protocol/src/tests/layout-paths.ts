/**
 * The fields of a codec's `describe` text as paths with their layouts: `results[].ops`. Structs are
 * opened, and so is what lists, optionals and unions hold.
 */
export function layoutPaths(describe: string): readonly (readonly [path: string, layout: string])[] {
  const paths: [string, string][] = []
  visit('', describe, paths)
  return paths
}

function visit(path: string, layout: string, paths: [string, string][]): void {
  if (layout.startsWith('{')) {
    for (const field of split(layout.slice(1, -1), ',')) {
      const [name = '', ...rest] = split(field, ':')
      const inner = rest.join(':')
      if (inner.startsWith('=')) continue
      const at = path === '' ? name : `${path}.${name}`
      if (!inner.startsWith('{')) paths.push([at, inner])
      visit(at, inner, paths)
    }
  } else if (layout.startsWith('array(')) {
    const [item = ''] = split(layout.slice('array('.length, -1), ',')
    visit(`${path}[]`, item, paths)
  } else if (layout.startsWith('optional(')) {
    visit(path, layout.slice('optional('.length, -1), paths)
  } else if (layout.startsWith('union(')) {
    for (const variant of split(layout.slice('union('.length, -1), '|')) {
      const brace = variant.indexOf('{')
      visit(`${path} ${variant.slice(0, brace)}`, variant.slice(brace), paths)
    }
  }
}

/** Splits where no bracket is open. */
function split(text: string, separator: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index)
    if ('({'.includes(char)) depth++
    else if (')}'.includes(char)) depth--
    else if (depth === 0 && char === separator) {
      parts.push(text.slice(start, index))
      start = index + 1
    }
  }
  return [...parts, text.slice(start)]
}
