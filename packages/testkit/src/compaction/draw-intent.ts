import { newCounter, newText } from '@flowsync/crdt'
import type { Random } from '../simulator/random.js'

/** What a handle's `push` takes, whatever its rule. */
export interface AnyIntent {
  readonly op: string
  readonly [field: string]: unknown
}

/** Draws an edit of a stream of {@link compactedStreams}; it always fits the value. */
export function drawIntent(stream: string, value: unknown, random: Random, marker: string): AnyIntent {
  const [kind] = stream.split(':')
  switch (kind) {
    case 'counter':
      return { op: 'increment', amount: random.between(1, 9) }
    case 'set':
      return drawChange(random, [...(value as ReadonlySet<string>)], marker)
    case 'map':
      return random.chance(0.3)
        ? { op: 'delete', key: `k${random.int(6)}` }
        : { op: 'set', key: `k${random.int(6)}`, value: marker }
    case 'list':
      return drawListChange(random, (value as readonly unknown[]).length, marker)
    case 'tree':
      return drawTreeChange(random, value as Tree, marker)
    case 'rich':
      return drawRichChange(random, (value as { readonly text: string }).text, marker)
    case 'log':
      return { op: 'append', value: marker }
    default:
      return drawTextChange(random, value as string, marker)
  }
}

interface Tree {
  readonly items?: readonly unknown[]
  readonly body?: string
}

function drawChange(random: Random, there: readonly string[], marker: string): AnyIntent {
  return there.length > 0 && random.chance(0.4)
    ? { op: 'delete', value: random.pick(there) }
    : { op: 'add', value: marker }
}

function drawTextChange(random: Random, text: string, marker: string): AnyIntent {
  const pos = random.int(text.length + 1)
  const length = Math.min(text.length - pos, random.between(1, 6))
  if (length > 0 && random.chance(0.35)) return { op: 'delete', pos, length }
  return { op: 'insert', pos, text: marker }
}

function drawRichChange(random: Random, text: string, marker: string): AnyIntent {
  const pos = random.int(text.length)
  const length = Math.min(text.length - pos, random.between(1, 6))
  if (length <= 0 || random.chance(0.6)) return drawTextChange(random, text, marker)
  return { op: random.chance(0.7) ? 'mark' : 'unmark', pos, length, name: 'bold' }
}

function drawListChange(random: Random, length: number, marker: string): AnyIntent {
  const pos = random.int(length)
  if (length === 0 || random.chance(0.5))
    return { op: 'insert', pos: random.int(length + 1), values: [marker] }
  if (random.chance(0.4)) return { op: 'delete', pos, length: 1 }
  return random.chance(0.5)
    ? { op: 'move', from: pos, to: random.int(length) }
    : { op: 'set', pos, value: marker }
}

function drawTreeChange(random: Random, tree: Tree, marker: string): AnyIntent {
  const items = tree.items?.length ?? 0
  const body = tree.body?.length ?? 0
  switch (random.int(6)) {
    case 0:
      return { op: 'insert', path: ['items'], pos: random.int(items + 1), values: [marker, newText(marker)] }
    case 1:
      return items > 0
        ? { op: 'remove', path: ['items'], pos: random.int(items), length: 1 }
        : { op: 'increment', path: ['votes'], amount: 1 }
    case 2:
      return { op: 'insertText', path: ['body'], pos: random.int(body + 1), text: marker }
    case 3:
      return { op: 'set', path: [`p${random.int(3)}`], value: { marker, count: newCounter(1) } }
    case 4:
      return { op: 'delete', path: [`p${random.int(3)}`] }
    default:
      return { op: 'increment', path: ['votes'], amount: random.between(1, 5) }
  }
}
