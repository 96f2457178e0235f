import { counter, doc, list, log, map, register, richText, set, text } from '@flowsync/crdt'
import { defineStreams } from '@flowsync/protocol'
import { isDeepFrozen } from '@flowsync/testkit/laws'
import { describe, expect, it } from 'vitest'
import { createClient } from './client.js'
import { FakeHub } from './tests/fake-hub.js'
import { settle } from './tests/virtual-system.js'
import { World } from './tests/world.js'

const streams = defineStreams({
  'doc:*': text(),
  'page:*': richText(),
  'votes:*': counter(),
  'guests:*': set(),
  'banned:*': set({ twoPhase: true }),
  'owner:*': register<{ names: string[] }>({ initial: { names: [] } }),
  'address:*': register<{ names: string[] }>({ multi: true }),
  'tasks:*': list<{ title: string; tags: string[] }>(),
  'prices:*': map<{ amounts: number[] }>(),
  'chat:*': log<{ text: string; tags: string[] }>(),
  'note:*': doc({ shape: { body: 'text', votes: 'counter', todos: 'list', meta: 'map' } }),
})
const task = { title: 'Buy milk', tags: ['food'] }
const edits: readonly (readonly [name: keyof typeof streams.rules, intents: readonly unknown[]])[] = [
  ['doc:*', [{ op: 'insert', pos: 0, text: 'abc' }]],
  [
    'page:*',
    [
      { op: 'insert', pos: 0, text: 'abc' },
      { op: 'mark', pos: 0, length: 2, name: 'comment', value: { by: ['Ann'] } },
    ],
  ],
  ['votes:*', [{ op: 'increment' }]],
  ['guests:*', [{ op: 'add', value: 'Ann' }]],
  ['banned:*', [{ op: 'add', value: 'Ann' }]],
  ['owner:*', [{ op: 'set', value: { names: ['Ann'] } }]],
  ['address:*', [{ op: 'set', value: { names: ['Ann'] } }]],
  [
    'tasks:*',
    [
      { op: 'insert', pos: 0, values: [task, task] },
      { op: 'move', from: 0, to: 1 },
    ],
  ],
  ['prices:*', [{ op: 'set', key: 'a', value: { amounts: [1] } }]],
  ['chat:*', [{ op: 'append', value: { text: 'Hi', tags: ['first'] } }]],
  [
    'note:*',
    [
      { op: 'insert', path: ['todos'], pos: 0, values: [task] },
      { op: 'set', path: ['meta', 'owner'], value: task },
      { op: 'insertText', path: ['body'], pos: 0, text: 'abc' },
    ],
  ],
]

describe('what a client hands out', () => {
  it.each(edits)('is frozen at every level, however it came: %s', async (pattern, intents) => {
    const { system, host, disk } = new World()
    const hub = new FakeHub(streams, system)
    const open = () =>
      createClient({
        url: 'http://hub.test',
        streams,
        subject: 'alice',
        token: () => 'token',
        storage: disk,
        system,
        host,
        transport: hub.transport,
      })
    const name = pattern.replace('*', 'a') as 'doc:a'
    const client = open()
    const stream = client.stream(name)
    const told: unknown[] = []
    stream.onDelta((deltas) => told.push(deltas))
    const check = () => {
      expect([isDeepFrozen(stream.value), isDeepFrozen(stream.getSnapshot())]).toEqual([true, true])
    }

    check()
    for (const intent of intents) stream.push(intent as never)
    check()
    await client.whenSynced()
    check()
    for (const intent of intents) hub.edit(name, intent)
    await settle()
    check()
    expect(told.every(isDeepFrozen)).toBe(true)
    const state = client.dehydrate()
    await client.close()

    const restarted = open()
    await restarted.stream(name).whenReady()
    expect(isDeepFrozen(restarted.stream(name).value)).toBe(true)
    await restarted.close()

    const hydrated = createClient({ url: 'http://hub.test', streams, token: () => 'token', connect: false })
    hydrated.hydrate(state)
    expect(isDeepFrozen(hydrated.stream(name).value)).toBe(true)
    expect(JSON.stringify(hydrated.stream(name).value)).toBe(JSON.stringify(stream.value))
    await hydrated.close()
  })
})
