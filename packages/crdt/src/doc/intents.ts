import { operationOf } from '../intent.js'
import type { DocPath } from './delta.js'

/** What can be done to a document. Paths name what the author sees; concurrent moves do not misdirect them. */
export type DocIntent =
  | { readonly op: 'set'; readonly path: DocPath; readonly value: unknown }
  | { readonly op: 'delete'; readonly path: DocPath }
  | {
      readonly op: 'insert'
      readonly path: DocPath
      readonly pos: number
      readonly values: readonly unknown[]
    }
  | { readonly op: 'remove'; readonly path: DocPath; readonly pos: number; readonly length: number }
  | { readonly op: 'move'; readonly path: DocPath; readonly from: number; readonly to: number }
  | { readonly op: 'insertText'; readonly path: DocPath; readonly pos: number; readonly text: string }
  | { readonly op: 'deleteText'; readonly path: DocPath; readonly pos: number; readonly length: number }
  | {
      readonly op: 'replaceText'
      readonly path: DocPath
      readonly pos: number
      readonly length: number
      readonly text: string
    }
  | { readonly op: 'increment' | 'decrement'; readonly path: DocPath; readonly amount?: number }
  | { readonly op: 'createText'; readonly path: DocPath; readonly text?: string }
  | { readonly op: 'createCounter'; readonly path: DocPath; readonly amount?: number }

const OPERATIONS = [
  'set',
  'delete',
  'insert',
  'remove',
  'move',
  'insertText',
  'deleteText',
  'replaceText',
  'increment',
  'decrement',
  'createText',
  'createCounter',
] as const

const REMEDY =
  'A document takes edits of its parts: call stream.set(path, value), ' +
  'stream.insert(path, position, ...items) or another of its methods'

/** @throws FlowSyncError `op/invalid-intent` */
export function docOperationOf(intent: unknown): DocIntent['op'] {
  return operationOf(intent, OPERATIONS, REMEDY)
}

/** The methods of a document's handle. A path names the map, list, text or counter that is meant, or a member of it. */
export type DocActions = {
  /** Sets a key of a map or an item of a list. Objects become maps, arrays lists, and strings are replaced as a whole. */
  readonly set: (path: DocPath, value: unknown) => DocIntent
  /** Deletes a key of a map or an item of a list. */
  readonly delete: (path: DocPath) => DocIntent
  /** Inserts items into a list. */
  readonly insert: (path: DocPath, pos: number, ...values: readonly unknown[]) => DocIntent
  /** Removes as many items of a list as `length` says. */
  readonly remove: (path: DocPath, pos: number, length: number) => DocIntent
  /** Moves an item of a list to where it shall stand in the end. */
  readonly move: (path: DocPath, from: number, to: number) => DocIntent
  /** Inserts into a text. */
  readonly insertText: (path: DocPath, pos: number, text: string) => DocIntent
  /** Deletes as many UTF-16 units of a text as `length` says. */
  readonly deleteText: (path: DocPath, pos: number, length: number) => DocIntent
  /** Deletes as `deleteText` does and inserts in the same place, in one op. */
  readonly replaceText: (path: DocPath, pos: number, length: number, text: string) => DocIntent
  /** Adds to a counter, 1 by default. */
  readonly increment: (path: DocPath, amount?: number) => DocIntent
  /** Subtracts from a counter, 1 by default. */
  readonly decrement: (path: DocPath, amount?: number) => DocIntent
  /** Puts a text that many can edit at once at a key or item. */
  readonly createText: (path: DocPath, text?: string) => DocIntent
  /** Puts a counter at a key or item. */
  readonly createCounter: (path: DocPath, amount?: number) => DocIntent
}

/** Makes intents. */
export const DOC_ACTIONS: DocActions = {
  set: (path, value) => ({ op: 'set', path, value }),
  delete: (path) => ({ op: 'delete', path }),
  insert: (path, pos, ...values) => ({ op: 'insert', path, pos, values }),
  remove: (path, pos, length) => ({ op: 'remove', path, pos, length }),
  move: (path, from, to) => ({ op: 'move', path, from, to }),
  insertText: (path, pos, text) => ({ op: 'insertText', path, pos, text }),
  deleteText: (path, pos, length) => ({ op: 'deleteText', path, pos, length }),
  replaceText: (path, pos, length, text) => ({ op: 'replaceText', path, pos, length, text }),
  increment: (path, amount = 1) => ({ op: 'increment', path, amount }),
  decrement: (path, amount = 1) => ({ op: 'decrement', path, amount }),
  createText: (path, text = '') => ({ op: 'createText', path, text }),
  createCounter: (path, amount = 0) => ({ op: 'createCounter', path, amount }),
}
