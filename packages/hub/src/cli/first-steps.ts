import type { StreamDefinitions } from '@flowsync/protocol'

/** What can be pushed to a stream of each rule, the shortest to type first. */
const INTENTS: readonly (readonly [rule: string, intent: string])[] = [
  ['counter', '{ "op": "increment" }'],
  ['text', '{ "op": "insert", "pos": 0, "text": "Hello" }'],
  ['rich-text', '{ "op": "insert", "pos": 0, "text": "Hello" }'],
  ['set', '{ "op": "add", "value": "Ann" }'],
  ['set-2p', '{ "op": "add", "value": "Ann" }'],
  ['register', '{ "op": "set", "value": "Hello" }'],
  ['map', '{ "op": "set", "key": "name", "value": "Ann" }'],
  ['list', '{ "op": "insert", "pos": 0, "values": ["Hello"] }'],
  ['log', '{ "op": "append", "value": "Hello" }'],
  ['doc', '{ "op": "set", "path": ["title"], "value": "Hello" }'],
]

/** Commands that push to a stream of these definitions and read it; only reading where their rules are not ours. */
export function firstSteps({ rules }: StreamDefinitions): string[] {
  const patterns = Object.entries(rules)
  for (const [rule, intent] of INTENTS) {
    const pattern = patterns.find(([, { name }]) => name === rule)?.[0]
    if (pattern === undefined) continue
    const stream = nameFor(pattern)
    return [`npx flowsync push ${stream} '${intent}'`, `npx flowsync get ${stream}`]
  }
  return patterns.slice(0, 1).map(([pattern]) => `npx flowsync get ${nameFor(pattern)}`)
}

const nameFor = (pattern: string): string => pattern.replaceAll('*', 'example')
