import { decodeVersioned, encodeVersioned } from './codec.js'
import type { DeepReadonly } from './deep-readonly.js'
import { applyToDoc, settleInDoc } from './doc/apply.js'
import { decodeDocBody, encodeDocBody } from './doc/body-codec.js'
import { countOfBody } from './doc/body.js'
import type { DocBody } from './doc/body.js'
import type { DocDelta } from './doc/delta.js'
import { DOC_ACTIONS } from './doc/intents.js'
import type { DocActions, DocIntent } from './doc/intents.js'
import { prepareDocOp } from './doc/prepare.js'
import { readDocState } from './doc/read-state.js'
import { readMap } from './doc/read.js'
import { rebaseDocBody } from './doc/rebase.js'
import { readShape } from './doc/shape.js'
import type { DocShape, ShapeValue } from './doc/shape.js'
import { createDocState } from './doc/state.js'
import type { DocState } from './doc/state.js'
import { FORMAT, writeDocState } from './doc/write-state.js'
import type { Json } from './json.js'
import type { MergeRule } from './rule.js'

export type { DocDelta, DocPath } from './doc/delta.js'
export type { DocActions, DocIntent } from './doc/intents.js'
export { newCounter, newText, type NewCounter, type NewText } from './doc/new-container.js'
export type { ContainerType } from './doc/node.js'
export type { DocShape, ShapeValue } from './doc/shape.js'

/** What {@link doc} may be told. */
export interface DocOptions<Shape extends DocShape = DocShape> {
  /** Containers that are there from the beginning, so that all clients share them whoever is first. */
  readonly shape?: Shape
}

/** The rule that {@link doc} makes. */
export type DocRule<Value> = MergeRule<Value, DocIntent, DocBody, DocState, DocDelta, DocActions>

/**
 * A nested document: maps, lists, texts and counters in one another, addressed by path. Each merges as
 * its own kind does: texts never interleave, counters lose no change, a key or an item that is set
 * takes the last write, and a list's item that is moved stands in one place.
 *
 * Ops name containers by what made them, so nothing that others move or insert misdirects an edit.
 * What is done to a container while somebody deletes or replaces it goes with it.
 *
 * Two clients that make a container at one key at the same time keep one of the two. Containers that
 * everybody shares belong into `shape`.
 *
 * ```ts
 * const notes = doc({ shape: { body: 'text', votes: 'counter', todos: 'list' } })
 * ```
 *
 * @throws FlowSyncError `config/invalid` for a shape that names no kind of container
 */
export function doc<const Shape extends DocShape>(options: {
  readonly shape: Shape
}): DocRule<ShapeValue<Shape> & { readonly [key: string]: Json }>
export function doc<T extends object = Record<string, Json>>(
  options?: DocOptions,
): DocRule<Partial<DeepReadonly<T>>>
export function doc({ shape = {} }: DocOptions = {}): DocRule<object> {
  const checked = readShape(shape)
  return {
    name: 'doc',
    version: 1,
    actions: DOC_ACTIONS,
    create: () => createDocState(checked, 0),
    prepare: prepareDocOp,
    countOf: countOfBody,
    apply: applyToDoc,
    settle: settleInDoc,
    value: (state) => readMap(state.root),
    encodeBody: encodeDocBody,
    decodeBody: decodeDocBody,
    encodeState: (state) => encodeVersioned(FORMAT, (writer) => writeDocState(writer, state)),
    decodeState: (bytes, seq) =>
      decodeVersioned('state/invalid', bytes, FORMAT, (reader) => readDocState(reader, checked, seq)),
    floor: (state) => state.floor,
    rebase: rebaseDocBody,
  }
}
