import { FlowSyncError } from '../errors.js'
import type { Json } from '../json.js'
import { JSON_MAX_DEPTH } from '../json.js'
import { CONTAINER_TYPES } from './node.js'
import type { ContainerType } from './node.js'

/**
 * The containers that every document of a kind has from the beginning, by key. They need no op to be
 * made, so two clients that begin offline still edit the same ones; nested shapes are maps.
 */
export interface DocShape {
  readonly [key: string]: ContainerType | DocShape
}

/** The value of a document with a shape, as far as the shape tells it. */
export type ShapeValue<Shape> = {
  readonly [Key in keyof Shape]: Shape[Key] extends 'text'
    ? string
    : Shape[Key] extends 'counter'
      ? number
      : Shape[Key] extends 'list'
        ? readonly Json[]
        : Shape[Key] extends 'map'
          ? { readonly [key: string]: Json }
          : ShapeValue<Shape[Key]>
}

/** Copies a shape, so that nobody changes it later. @throws FlowSyncError `config/invalid` */
export function readShape(shape: DocShape, depth = 1): DocShape {
  if (depth >= JSON_MAX_DEPTH) throw invalid(`is nested deeper than ${JSON_MAX_DEPTH}`)
  const result = new Map<string, ContainerType | DocShape>()
  for (const [key, part] of Object.entries(shape)) {
    if (typeof part === 'object' && part !== null) result.set(key, readShape(part, depth + 1))
    else if (CONTAINER_TYPES.includes(part)) result.set(key, part)
    else throw invalid(`says ${JSON.stringify(part)} at ${JSON.stringify(key)}`)
  }
  // Not by assignment, which would take `__proto__` for something else than a key.
  return Object.freeze(Object.fromEntries(result))
}

function invalid(what: string): FlowSyncError<'config/invalid'> {
  return new FlowSyncError(
    'config/invalid',
    `A document's shape ${what}; it has map, list, text, counter and shapes.`,
  )
}
