import { JSON_MAX_DEPTH } from '../json.js'
import type { AppliedOp } from '../rule.js'
import { applyToList, settleList } from './apply-list.js'
import { CHANGED_TYPE } from './body.js'
import type { DocBody, DocChange } from './body.js'
import { contentAt, fixedChild } from './container.js'
import type { Container, CounterContainer, MapContainer, TextContainer, Written } from './container.js'
import { pathOf } from './delta.js'
import type { DocDelta } from './delta.js'
import { grow } from './grow.js'
import { findMade } from './names.js'
import { depthOf } from './node.js'
import { knows } from './op-marks.js'
import type { OpMark } from './op-marks.js'
import { COUNTER, TEXT } from './parts.js'
import { readContent } from './read.js'
import { withSibling } from './siblings.js'
import { drop, markKeyStale, markStale, touchFixed } from './state.js'
import type { DocState } from './state.js'

const NONE: readonly DocDelta[] = Object.freeze([])

/** Folds an op and tells what it changed. Total: what names nothing does nothing. */
export function applyToDoc(state: DocState, op: AppliedOp<DocBody>): readonly DocDelta[] {
  const { target, change } = op.body
  if (target.kind === 'made') return applyTo(state, op, findMade(state, op, target.name))
  const { container, appeared } = touchFixed(state.root, target.path, CHANGED_TYPE[change.kind])
  const deltas = applyTo(state, op, container)
  const path = appeared && pathOf(appeared)
  // What was not there is told as a whole.
  return path ? [{ path, type: 'value', delta: { value: readContent(appeared) } }] : deltas
}

function applyTo(
  state: DocState,
  op: AppliedOp<DocBody>,
  target: Container | undefined,
): readonly DocDelta[] {
  const { change } = op.body
  const container = target && fits(target, change) ? target : undefined
  const mark: OpMark = { replica: op.replica, seq: op.seq, living: 0 }
  if (op.seq === undefined) state.pending.add(op, { mark, container })
  if (!container) return NONE
  switch (container.type) {
    case 'map':
      return applyToMap(state, op, container, mark)
    case 'list':
      return applyToList(state, op, container, mark)
    case 'text':
      return change.kind === 'text' ? applyToText(container, op, change) : NONE
    case 'counter':
      return change.kind === 'count' ? applyToCounter(container, op, change) : NONE
  }
}

function applyToCounter(
  counter: CounterContainer,
  op: AppliedOp<DocBody>,
  { amount }: Extract<DocChange, { kind: 'count' }>,
): readonly DocDelta[] {
  COUNTER.apply(counter.part, { ...op, body: amount })
  markStale(counter)
  const path = pathOf(counter)
  return path ? [{ path, type: 'value', delta: { value: readContent(counter) } }] : NONE
}

/** Gives an own op its place, and with it all that it has made. */
export function settleInDoc(state: DocState, op: AppliedOp<DocBody> & { readonly seq: number }): void {
  const pending = state.pending.get(op)
  if (!pending) return
  state.pending.delete(op)
  const { mark, container } = pending
  state.marks.place(mark, op.seq)
  const { change } = op.body
  if (container?.type === 'text' && change.kind === 'text') {
    TEXT.settle(container.part, { ...op, seq: container.order.place(op.seq), body: change.delta })
  } else if (container?.type === 'list') settleList(container, op)
}

/** Nothing is nested too deep, whoever says so: a container's depth never changes. */
function fits(container: Container, change: DocChange): boolean {
  const nodes = 'nodes' in change ? change.nodes : 'node' in change ? [change.node] : []
  for (const node of nodes) if (container.depth + 1 + depthOf(node) > JSON_MAX_DEPTH) return false
  return true
}

function applyToMap(
  state: DocState,
  op: AppliedOp<DocBody>,
  map: MapContainer,
  mark: OpMark,
): readonly DocDelta[] {
  const { change } = op.body
  if (change.kind !== 'set' && change.kind !== 'delete') return NONE
  const { key } = change
  const written = map.slots.get(key) ?? []
  const before = contentAt(map, key)
  let left: readonly Written[] = written.filter((one) => !knows(op, one))
  const replaced = written.filter((one) => !left.includes(one))
  if (change.kind === 'set') {
    const content = grow(state, change.node, { mark, next: op.counter }, { map, key })
    left = withSibling(left, { mark, counter: op.counter, stamp: change.stamp, content })
  }
  if (left.length > 0) map.slots.set(key, left)
  else map.slots.delete(key)
  for (const { content } of replaced) drop(state, content)

  const after = contentAt(map, key)
  if (Object.is(before, after)) return NONE
  markKeyStale(map, key)
  const path = pathOf(map)
  if (!path || fixedChild(map, key)) return NONE
  const value = after === undefined ? undefined : readContent(after)
  return [{ path: [...path, key], type: 'value', delta: { value } }]
}

function applyToText(
  text: TextContainer,
  op: AppliedOp<DocBody>,
  { delta }: Extract<DocChange, { kind: 'text' }>,
): readonly DocDelta[] {
  const deltas = TEXT.apply(text.part, text.order.localize(op, op.counter, delta))
  if (deltas.length === 0) return NONE
  markStale(text)
  const path = pathOf(text)
  return path ? deltas.map((one) => ({ path, type: 'text' as const, delta: one })) : NONE
}
