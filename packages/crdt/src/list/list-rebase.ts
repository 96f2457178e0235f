import type { RebaseContext } from '../rule.js'
import type { ListContext } from './claims.js'
import { commonPlaces } from './common-places.js'
import type { ListBody } from './list-body.js'
import { deleteBody, insertBody, moveBody, setBody } from './list-edits.js'
import type { ListState } from './list-state.js'
import type { Handle } from './run-index.js'

/**
 * Carries an edit of one list over to another, whose elements have other names: by what both lists have
 * in common at their beginning and at their end. Of items that lie in between nothing is known, so that
 * they are neither deleted nor set nor moved.
 *
 * Returns undefined when nothing is left to do.
 */
export function rebaseListBody(
  body: ListBody,
  _before: unknown,
  _after: unknown,
  { op, source, target }: RebaseContext<ListState>,
): ListBody | undefined {
  const places = commonPlaces(textsOf(source), textsOf(target))
  const context: ListContext = { ...op, seq: undefined }
  switch (body.kind) {
    case 'insert':
      return insertBody(target, places.gap(gapOf(source, body)), body.values)
    case 'delete': {
      const elements = new Set<Handle>()
      source.elements.visit(context, body.names, (element) => elements.add(element))
      const indices = indicesOf(source, elements)
        .map(places.item)
        .filter((index) => index !== undefined)
      return indices.length === 0 ? undefined : deleteBody(target, indices, undefined)
    }
    case 'set':
    case 'move': {
      const element = source.elements.resolve(context, body.name)
      const [index] = element === undefined ? [] : indicesOf(source, new Set([element]))
      const from = places.item(index)
      if (from === undefined) return undefined
      const stampAfter = () => body.stamp
      if (body.kind === 'set') return setBody(target, from, body.json, stampAfter, undefined)
      const gap = places.gap(gapOf(source, body))
      const to = gap > from ? gap - 1 : gap
      return to === from ? undefined : moveBody(target, from, to, stampAfter, undefined)
    }
  }
}

/** Before which item of the list an op inserts, were its slots not removed. */
function gapOf(source: ListState, body: ListBody & { readonly kind: 'insert' | 'move' }): number {
  let { position } = body
  for (const range of [...body.ranges].reverse()) if (range.position < position) position += range.count
  return Math.min(position - source.ghosts.before(position), source.length)
}

/** The indices of elements that a list shows, ascending. */
function indicesOf(state: ListState, elements: ReadonlySet<Handle>): number[] {
  const indices: number[] = []
  let index = 0
  state.forEachShown((element) => {
    if (elements.has(element)) indices.push(index)
    index++
  })
  return indices
}

function textsOf(state: ListState): (string | undefined)[] {
  const texts: (string | undefined)[] = []
  state.forEachShown((element) => texts.push(state.elements.valueOf(element)?.text))
  return texts
}
