import type { Json } from '../json.js'
import type { ListDelta } from '../list/list-delta.js'
import type { TextDelta } from '../text-delta.js'
import { fixedChild, indexOfElement, winner } from './container.js'
import type { Container, MapContainer } from './container.js'

/** Keys of maps and indices of lists, from the root. */
export type DocPath = readonly (string | number)[]

/**
 * One change of a document's value. Of several, each applies to what the ones before have left, its
 * path included. A value is undefined when a key is gone.
 */
export type DocDelta =
  | { readonly path: DocPath; readonly type: 'value'; readonly delta: { readonly value: Json | undefined } }
  | { readonly path: DocPath; readonly type: 'list'; readonly delta: ListDelta<Json> }
  | { readonly path: DocPath; readonly type: 'text'; readonly delta: TextDelta }

/** Where a container shows; undefined when it does not. */
export function pathOf(container: Container): DocPath | undefined {
  const path: (string | number)[] = []
  let at = container
  while (at.place) {
    if ('element' in at.place) {
      const { element } = at.place
      const index = winner(element.values) === at ? indexOfElement(element) : undefined
      if (index === undefined) return undefined
      path.push(index)
      at = element.list
    } else {
      const { map, key }: { map: MapContainer; key: string } = at.place
      const fixed = fixedChild(map, key)
      if ((fixed ?? winner(map.slots.get(key))) !== at) return undefined
      path.push(key)
      at = map
    }
  }
  return path.reverse()
}
