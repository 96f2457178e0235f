import type { DocDelta, DocPath } from '../doc/delta.js'
import type { Json } from '../json.js'
import { applyListDeltas } from '../list/list-delta.js'
import { applyTextDeltas } from '../text-delta.js'

/** The value after what a fold reported, or an error when a change does not fit. */
export function applyDocDeltas(value: unknown, deltas: readonly DocDelta[]): unknown {
  let result = value as Json
  for (const one of deltas) {
    const changed = replaceAt(result, one.path, (former) => {
      if (one.type === 'value') return one.delta.value
      if (one.type === 'list') return applyListDeltas(former as readonly Json[], [one.delta])
      return applyTextDeltas(former as string, [one.delta])
    })
    if (changed === undefined) throw new Error('the root is gone')
    result = changed
  }
  return result
}

/** A copy in which the value at a path is another one; undefined as result takes a key away. */
export function replaceAt(
  value: Json | undefined,
  path: DocPath,
  change: (former: Json | undefined) => Json | undefined,
): Json | undefined {
  const [segment, ...rest] = path
  if (segment === undefined) return change(value)
  if (typeof segment === 'number') {
    if (!Array.isArray(value)) throw new Error('an index into something else than a list')
    const items = [...(value as readonly Json[])]
    const item = replaceAt(items[segment], rest, change)
    if (segment >= items.length || item === undefined) throw new Error('an item appears or is gone')
    items[segment] = item
    return items
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('a key of no map')
  const entries = new Map<string, Json>(Object.entries(value))
  const member = replaceAt(entries.get(segment), rest, change)
  if (member === undefined) entries.delete(segment)
  else entries.set(segment, member)
  return Object.fromEntries(entries)
}
