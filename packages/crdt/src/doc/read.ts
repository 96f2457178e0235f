import type { Json } from '../json.js'
import { contentAt, indexOfElement, isContainer, isShown, winner } from './container.js'
import type { Content, ListContainer, ListElement, MapContainer } from './container.js'
import { COUNTER, TEXT } from './parts.js'

/** What a key or an element shows: the same reference as long as nothing in it changes. */
export function readContent(content: Content): Json {
  if (!isContainer(content)) return content
  switch (content.type) {
    case 'map':
      return readMap(content)
    case 'list':
      return readList(content)
    case 'text':
      return TEXT.value(content.part)
    case 'counter':
      return COUNTER.value(content.part)
  }
}

/** A map with its keys in ascending order of their code units, but for those that look like indices. */
export function readMap(map: MapContainer): { readonly [key: string]: Json } {
  if (!map.stale) return map.value
  const { stale, value } = map
  map.stale = undefined
  if (stale === 'all') return readFirst(map)
  const changes = Array.from(stale, (key) => [key, shownAt(map, key)] as const)
  const isNew = ([key, next]: readonly [string, Json | undefined]) =>
    Object.hasOwn(value, key) ? next === undefined || !Object.is(value[key], next) : next !== undefined
  const news = changes.filter(isNew)
  if (news.length === 0) return value
  const keepsKeys = news.every(([key, next]) => next !== undefined && Object.hasOwn(value, key))
  map.value = Object.freeze(keepsKeys ? replaced(value, news) : rebuilt(value, news))
  return map.value
}

function readFirst(map: MapContainer): MapContainer['value'] {
  const { slots, fixed, value } = map
  const keys = fixed ? new Set([...slots.keys(), ...fixed.keys()]) : slots.keys()
  const entries = Array.from(keys, (key) => [key, shownAt(map, key)] as const)
  if (entries.length > 0) map.value = Object.freeze(rebuilt(value, entries))
  return map.value
}

function shownAt(map: MapContainer, key: string): Json | undefined {
  const content = contentAt(map, key)
  return content === undefined ? undefined : readContent(content)
}

type Change = readonly [key: string, next: Json | undefined]

/** A copy in which some keys have other values. */
function replaced(value: MapContainer['value'], changes: readonly Change[]): MapContainer['value'] {
  const copy: Record<string, Json> = { ...value }
  for (const [key, next] of changes) if (next !== undefined) define(copy, key, next)
  return copy
}

/** A copy with other keys. */
function rebuilt(value: MapContainer['value'], changes: readonly Change[]): MapContainer['value'] {
  const replaced = new Set(changes.map(([key]) => key))
  const kept = Object.entries(value).filter(([key]) => !replaced.has(key))
  const copy: Record<string, Json> = {}
  for (const [key, next] of [...kept, ...changes].sort(byKey)) {
    if (next !== undefined) define(copy, key, next)
  }
  return copy
}

function byKey([left]: Change, [right]: Change): number {
  return left < right ? -1 : 1
}

function define(target: Record<string, Json>, key: string, value: Json): void {
  // An assignment to `__proto__` would change the prototype instead of adding a member.
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}

function readList(list: ListContainer): readonly Json[] {
  if (list.isStale) {
    list.isStale = false
    readAll(list)
  } else if (list.changed) readChanged(list, list.changed)
  list.changed = undefined
  return list.value
}

function readAll(list: ListContainer): void {
  const items: Json[] = []
  for (const unit of list.units) {
    const content = unit.element && isShown(unit) ? winner(unit.element.values) : undefined
    if (content !== undefined) items.push(readContent(content))
  }
  const { value } = list
  const isSame = items.length === value.length && items.every((item, index) => Object.is(item, value[index]))
  if (!isSame) list.value = Object.freeze(items)
}

/** Spares the items that are as they were. */
function readChanged(list: ListContainer, changed: ReadonlySet<ListElement>): void {
  let items: Json[] | undefined
  for (const element of changed) {
    const index = indexOfElement(element)
    const content = winner(element.values)
    if (index === undefined || content === undefined) continue
    const item = readContent(content)
    if (Object.is(list.value[index], item)) continue
    items ??= [...list.value]
    items[index] = item
  }
  if (items) list.value = Object.freeze(items)
}
