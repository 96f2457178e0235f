import type { Json } from '../json.js'
import { contentAt, indexOfElement, isContainer, isShown, winner } from './container.js'
import type { Content, ListContainer, MapContainer } from './container.js'
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
  const changes = Array.from(map.stale, (key) => [key, shownAt(map, key)] as const)
  map.stale = undefined
  const { value } = map
  const isNew = ([key, next]: readonly [string, Json | undefined]) =>
    Object.hasOwn(value, key) ? next === undefined || !Object.is(value[key], next) : next !== undefined
  const news = changes.filter(isNew)
  if (news.length === 0) return value
  const keepsKeys = news.every(([key, next]) => next !== undefined && Object.hasOwn(value, key))
  map.value = Object.freeze(keepsKeys ? replaced(value, news) : rebuilt(value, news))
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
  const entries = new Map<string, Json | undefined>([...Object.entries(value), ...changes])
  const copy: Record<string, Json> = {}
  for (const key of [...entries.keys()].sort()) {
    const next = entries.get(key)
    if (next !== undefined) define(copy, key, next)
  }
  return copy
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
  } else if (list.changed.size > 0) readChanged(list)
  list.changed.clear()
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
function readChanged(list: ListContainer): void {
  let items: Json[] | undefined
  for (const element of list.changed) {
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
