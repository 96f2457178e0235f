import { nextStamp } from '../clock.js'
import type { Stamp } from '../clock.js'
import { invalidIntent } from '../intent.js'
import { JSON_MAX_DEPTH } from '../json.js'
import type { PrepareContext } from '../rule.js'
import type { TextIntent } from '../text.js'
import type { DocBody, DocChange, RemovalStep } from './body.js'
import { isShown, shownCount, unitPosition } from './container.js'
import type { Container, ListContainer, ListElement } from './container.js'
import type { DocPath } from './delta.js'
import { docOperationOf } from './intents.js'
import { nameOf, nameRuns, targetOf } from './names.js'
import { depthOf } from './node.js'
import type { DocNode } from './node.js'
import { COUNTER, TEXT } from './parts.js'
import { containerAt, itemAt, memberAt, readPath } from './resolve.js'
import type { Sibling } from './siblings.js'
import type { DocState } from './state.js'
import { amountOf, textOf, toNode } from './to-node.js'

/** What intents may hold when they come from where no compiler looks. */
interface IntentFields {
  readonly path?: unknown
  readonly value?: unknown
  readonly values?: unknown
  readonly pos?: unknown
  readonly length?: unknown
  readonly from?: unknown
  readonly to?: unknown
  readonly text?: unknown
  readonly amount?: unknown
}

/**
 * Makes an op of an intent: what its path names now is named by id from here on.
 * @throws FlowSyncError `op/invalid-intent`
 */
export function prepareDocOp(state: DocState, intent: unknown, context: PrepareContext): DocBody | undefined {
  const op = docOperationOf(intent)
  const fields = intent as IntentFields
  const path = readPath(fields.path)
  switch (op) {
    case 'set':
      return prepareSet(state, path, toNode(fields.value), context)
    case 'createText':
      return prepareSet(state, path, { type: 'text', text: textOf(fields.text ?? '') }, context)
    case 'createCounter':
      return prepareSet(state, path, { type: 'counter', amount: amountOf(fields.amount ?? 0) }, context)
    case 'delete':
      return prepareDelete(state, path, context)
    case 'insert':
      return prepareInsert(state, path, fields, context)
    case 'remove': {
      const list = containerAt(state.root, path, 'list')
      return prepareRemove(list, countOf(fields.pos, 'pos'), countOf(fields.length, 'length'), context)
    }
    case 'move':
      return prepareMove(state, path, countOf(fields.from, 'from'), countOf(fields.to, 'to'), context)
    case 'insertText':
      return prepareText(state, path, { ...fields, op: 'insert' } as TextIntent, context)
    case 'deleteText':
      return prepareText(state, path, { ...fields, op: 'delete' } as TextIntent, context)
    case 'replaceText':
      return prepareText(state, path, { ...fields, op: 'replace' } as TextIntent, context)
    case 'increment':
    case 'decrement':
      return prepareCount(state, path, { op, amount: fields.amount as number | undefined }, context)
  }
}

function body(container: Container, change: DocChange, context: PrepareContext): DocBody {
  return { target: targetOf(container, context.replica), change }
}

function prepareSet(state: DocState, path: DocPath, node: DocNode, context: PrepareContext): DocBody {
  const member = memberAt(state.root, path)
  const container = 'map' in member ? member.map : member.list
  checkDepth(container, node)
  if ('map' in member) {
    const { map, key } = member
    const stamp = stampAfter(map.slots.get(key) ?? [], context)
    return body(map, { kind: 'set', key, stamp, node }, context)
  }
  const { list, element } = member
  const stamp = stampAfter(element.values, context)
  return body(list, { kind: 'assign', element: nameOf(element, context.replica), stamp, node }, context)
}

function stampAfter(seen: readonly Sibling[], { nowMs }: PrepareContext): Stamp {
  return nextStamp(
    nowMs,
    seen.map(({ stamp }) => stamp),
  )
}

function checkDepth(container: Container, node: DocNode): void {
  if (container.depth + 1 + depthOf(node) <= JSON_MAX_DEPTH) return
  throw invalidIntent(`a document is nested at most ${JSON_MAX_DEPTH} deep`)
}

function prepareDelete(state: DocState, path: DocPath, context: PrepareContext): DocBody | undefined {
  const member = memberAt(state.root, path)
  if ('element' in member) return removal(member.list, member.position, 1, context)
  const { map, key } = member
  return map.slots.has(key) ? body(map, { kind: 'delete', key }, context) : undefined
}

function prepareInsert(
  state: DocState,
  path: DocPath,
  { pos, values }: IntentFields,
  context: PrepareContext,
): DocBody | undefined {
  const list = containerAt(state.root, path, 'list')
  if (!Array.isArray(values)) throw invalidIntent('"values" is an array')
  const position = unitPosition(list, countOf(pos, 'pos'))
  const node = toNode(values)
  if (typeof node !== 'object' || node?.type !== 'list' || node.items.length === 0) return undefined
  for (const item of node.items) checkDepth(list, item)
  return body(list, { kind: 'insert', position, nodes: node.items }, context)
}

function prepareRemove(
  list: ListContainer,
  pos: number,
  length: number,
  context: PrepareContext,
): DocBody | undefined {
  const count = Math.min(length, shownCount(list) - pos)
  return count > 0 ? removal(list, unitPosition(list, pos), count, context) : undefined
}

/** Removes shown elements from a position on, with what hides between them and never shows again. */
function removal(list: ListContainer, from: number, count: number, context: PrepareContext): DocBody {
  const elements: ListElement[] = []
  const steps: { position: number; deleteCount: number }[] = []
  let position = from
  for (let at = from; elements.length < count; at++) {
    const unit = list.units[at]
    if (!unit) break
    // A place that lost against a concurrent one may yet win; it is left alone.
    if (unit.element && !isShown(unit)) {
      position++
      continue
    }
    if (unit.element) elements.push(unit.element)
    const last = steps.at(-1)
    if (last?.position === position) last.deleteCount++
    else steps.push({ position, deleteCount: 1 })
  }
  const removed: readonly RemovalStep[] = steps
  return body(
    list,
    { kind: 'remove', steps: removed, elements: nameRuns(elements, context.replica) },
    context,
  )
}

function prepareMove(
  state: DocState,
  path: DocPath,
  from: number,
  to: number,
  context: PrepareContext,
): DocBody | undefined {
  const list = containerAt(state.root, path, 'list')
  const { element, position } = itemAt(list, [...path, from], from)
  const target = Math.min(to, shownCount(list) - 1)
  if (target === from) return undefined
  // Without the element, what stood behind it is one further to the front.
  const landing = target < from ? unitPosition(list, target) : unitPosition(list, target + 1) - 1
  const stamp = stampAfter(element.places, context)
  const name = nameOf(element, context.replica)
  return body(list, { kind: 'move', element: name, from: position, to: landing, stamp }, context)
}

function prepareText(
  state: DocState,
  path: DocPath,
  intent: TextIntent,
  context: PrepareContext,
): DocBody | undefined {
  const text = containerAt(state.root, path, 'text')
  const delta = TEXT.prepare(text.part, intent, context)
  return delta && body(text, { kind: 'text', delta }, context)
}

function prepareCount(
  state: DocState,
  path: DocPath,
  intent: { readonly op: 'increment' | 'decrement'; readonly amount?: number | undefined },
  context: PrepareContext,
): DocBody | undefined {
  const container = containerAt(state.root, path, 'counter')
  const amount = COUNTER.prepare(container.part, intent, context)
  return amount === undefined ? undefined : body(container, { kind: 'count', amount }, context)
}

function countOf(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw invalidIntent(`"${name}" is a whole number from 0`)
}
