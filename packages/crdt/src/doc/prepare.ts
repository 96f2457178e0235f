import { nextStamp } from '../clock.js'
import type { Stamp } from '../clock.js'
import { invalidIntent } from '../intent.js'
import { JSON_MAX_DEPTH } from '../json.js'
import type { PrepareContext } from '../rule.js'
import type { TextIntent } from '../text.js'
import type { DocBody } from './body.js'
import { shownCount } from './container.js'
import type { Container } from './container.js'
import type { DocPath } from './delta.js'
import { assignBody, bodyOf, insertBody, moveBody, removeBody } from './edits.js'
import { docOperationOf } from './intents.js'
import { depthOf } from './node.js'
import type { DocNode } from './node.js'
import { COUNTER, TEXT } from './parts.js'
import { containerAt, itemAt, memberAt, readPath } from './resolve.js'
import type { Sibling } from './siblings.js'
import type { DocState } from './state.js'
import { amountOf, textOf, toNode, toNodes } from './to-node.js'

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
    case 'remove':
      return prepareRemove(state, path, fields, context)
    case 'move':
      return prepareMove(state, path, fields, context)
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

function prepareSet(state: DocState, path: DocPath, node: DocNode, context: PrepareContext): DocBody {
  const member = memberAt(state.root, path)
  if ('element' in member) {
    const { list, element } = member
    checkDepth(list, node)
    return assignBody(element, node, stampAfter(element.values, context), context.replica)
  }
  const { map, key } = member
  checkDepth(map, node)
  const stamp = stampAfter(map.slots.get(key) ?? [], context)
  return bodyOf(map, { kind: 'set', key, stamp, node }, context.replica)
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

function prepareDelete(state: DocState, path: DocPath, { replica }: PrepareContext): DocBody | undefined {
  const member = memberAt(state.root, path)
  if ('element' in member) return removeBody(member.list, [Number(path.at(-1))], replica)
  const { map, key } = member
  return map.slots.has(key) ? bodyOf(map, { kind: 'delete', key }, replica) : undefined
}

function prepareInsert(
  state: DocState,
  path: DocPath,
  { pos, values }: IntentFields,
  { replica }: PrepareContext,
): DocBody | undefined {
  const list = containerAt(state.root, path, 'list')
  const index = countOf(pos, 'pos')
  if (!Array.isArray(values)) throw invalidIntent('"values" is an array')
  const nodes = toNodes(values)
  for (const node of nodes) checkDepth(list, node)
  return nodes.length === 0 ? undefined : insertBody(list, index, nodes, replica)
}

function prepareRemove(
  state: DocState,
  path: DocPath,
  { pos, length }: IntentFields,
  { replica }: PrepareContext,
): DocBody | undefined {
  const list = containerAt(state.root, path, 'list')
  const first = countOf(pos, 'pos')
  const count = Math.min(countOf(length, 'length'), shownCount(list) - first)
  if (count <= 0) return undefined
  const indices = Array.from({ length: count }, (_, offset) => first + offset)
  return removeBody(list, indices, replica)
}

function prepareMove(
  state: DocState,
  path: DocPath,
  fields: IntentFields,
  context: PrepareContext,
): DocBody | undefined {
  const list = containerAt(state.root, path, 'list')
  const from = countOf(fields.from, 'from')
  const to = Math.min(countOf(fields.to, 'to'), shownCount(list) - 1)
  // Throws when there is nothing to move.
  itemAt(list, [...path, from], from)
  if (to === from) return undefined
  return moveBody(list, from, to, ({ places }) => stampAfter(places, context), context.replica)
}

function prepareText(
  state: DocState,
  path: DocPath,
  intent: TextIntent,
  context: PrepareContext,
): DocBody | undefined {
  const text = containerAt(state.root, path, 'text')
  const delta = TEXT.prepare(text.part, intent, context)
  return delta && bodyOf(text, { kind: 'text', delta }, context.replica)
}

function prepareCount(
  state: DocState,
  path: DocPath,
  intent: { readonly op: 'increment' | 'decrement'; readonly amount?: number | undefined },
  context: PrepareContext,
): DocBody | undefined {
  const container = containerAt(state.root, path, 'counter')
  const amount = COUNTER.prepare(container.part, intent, context)
  return amount === undefined ? undefined : bodyOf(container, { kind: 'count', amount }, context.replica)
}

function countOf(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw invalidIntent(`"${name}" is a whole number from 0`)
}
