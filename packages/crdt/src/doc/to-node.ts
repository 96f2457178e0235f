import { isFlowSyncError } from '../errors.js'
import { invalidIntent } from '../intent.js'
import { JSON_MAX_BYTES, JSON_MAX_DEPTH } from '../json.js'
import { isNewCounter, isNewText } from './new-container.js'
import type { DocNode } from './node.js'

const LONE_SURROGATE = /\p{Surrogate}/u

/** What is left of the length that a value may have, in units of its strings, members and items. */
interface Budget {
  left: number
}

/**
 * Copies what a user passed: objects become maps, arrays lists, strings stay as they are.
 * @throws FlowSyncError `op/invalid-intent` for what JSON cannot express without loss and beyond its
 *   limits in depth and length
 */
export function toNode(input: unknown): DocNode {
  return guarded(() => copy(input, 0, { left: JSON_MAX_BYTES }))
}

/** Copies several values, as {@link toNode} does, which have one limit together. */
export function toNodes(inputs: readonly unknown[]): DocNode[] {
  return guarded(() => {
    const budget = { left: JSON_MAX_BYTES }
    // By index: holes are read as undefined and refused like it.
    return Array.from(inputs, (input) => copy(input, 0, budget))
  })
}

function guarded<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (cause) {
    if (isFlowSyncError(cause)) throw cause
    throw invalidIntent('the value cannot be read', { cause })
  }
}

/** @throws FlowSyncError `op/invalid-intent` unless it is a string without half a surrogate pair */
export function textOf(value: unknown): string {
  if (typeof value !== 'string') throw invalidIntent('a text begins with a string')
  if (LONE_SURROGATE.test(value)) throw invalidIntent('a text holds no half of a surrogate pair')
  if (value.length > JSON_MAX_BYTES) throw tooLarge()
  return value
}

/** @throws FlowSyncError `op/invalid-intent` */
export function amountOf(value: unknown): number {
  if (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value + 0
  throw invalidIntent(`a counter begins with a number of at most ${Number.MAX_SAFE_INTEGER}`)
}

function copy(input: unknown, depth: number, budget: Budget): DocNode {
  spend(budget, typeof input === 'string' ? input.length : 1)
  switch (typeof input) {
    case 'string':
    case 'boolean':
      return input
    case 'number':
      if (!Number.isFinite(input)) throw invalidIntent(`${input} is not a JSON value`)
      // Minus zero is written as 0.
      return input + 0
    case 'object':
      if (input === null) return null
      if (depth === JSON_MAX_DEPTH)
        throw invalidIntent(`it is nested deeper than ${JSON_MAX_DEPTH} or in a cycle`)
      return Array.isArray(input) ? copyArray(input, depth, budget) : copyObject(input, depth, budget)
    default:
      throw invalidIntent(`a value of type ${typeof input} is not a JSON value`)
  }
}

function copyArray(input: readonly unknown[], depth: number, budget: Budget): DocNode {
  return { type: 'list', items: Array.from(input, (item) => copy(item, depth + 1, budget)) }
}

function copyObject(input: object, depth: number, budget: Budget): DocNode {
  if (isNewText(input)) {
    const text = textOf(input.text)
    spend(budget, text.length)
    return { type: 'text', text }
  }
  if (isNewCounter(input)) return { type: 'counter', amount: amountOf(input.amount) }
  const prototype: unknown = Object.getPrototypeOf(input)
  // The root prototype of any realm, so that objects of an iframe are taken as well.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw invalidIntent('a class instance is not a JSON value; pass a plain object')
  }
  const entries = Object.entries(input).map(([key, member]) => {
    spend(budget, key.length)
    return [key, copy(member, depth + 1, budget)] as const
  })
  entries.sort(([left], [right]) => (left < right ? -1 : 1))
  return { type: 'map', entries }
}

function spend(budget: Budget, length: number): void {
  budget.left -= length
  if (budget.left < 0) throw tooLarge()
}

function tooLarge() {
  return invalidIntent(`the value is longer than ${JSON_MAX_BYTES}`, {
    details: { limitBytes: JSON_MAX_BYTES },
  })
}
