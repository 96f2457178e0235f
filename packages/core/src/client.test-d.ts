import { counter, log, set, text, type TextDelta } from '@flowsync/crdt'
import { defineStreams } from '@flowsync/protocol'
import { describe, expectTypeOf, it } from 'vitest'
import { createClient } from './client.js'
import type { FlowSyncClient } from './client-types.js'
import { createClientObserver, createStreamObserver } from './observer.js'
import type { Receipt } from './outbox/receipt.js'
import type { RegisteredStreams } from './register.js'
import type { StreamSnapshot } from './stream/snapshot.js'

const streams = defineStreams({
  'doc:*': text(),
  'counter:*': counter(),
  'guests:*': set<'red' | 'blue'>(),
  'chat:*': log<string>(),
})
const client = createClient({ url: 'http://hub.example', streams, token: () => 'token' })

describe('a client', () => {
  it('types values, intents, methods and deltas by the name of the stream', () => {
    const doc = client.stream('doc:readme')
    expectTypeOf(doc.value).toEqualTypeOf<string>()
    expectTypeOf(doc.getSnapshot()).toEqualTypeOf<StreamSnapshot<string>>()
    expectTypeOf(doc.insert).parameters.toEqualTypeOf<[pos: number, text: string]>()
    expectTypeOf(doc.insert(0, 'a')).toEqualTypeOf<Receipt>()
    doc.onDelta((deltas) => expectTypeOf(deltas).toEqualTypeOf<readonly TextDelta[]>())
    doc.push({ op: 'insert', pos: 0, text: 'a' })
    // @ts-expect-error a text cannot be incremented
    doc.push({ op: 'increment' })
    // @ts-expect-error a text has no such method
    void doc.increment

    expectTypeOf(client.stream('counter:a').value).toEqualTypeOf<number>()
    expectTypeOf(client.stream('guests:a').value).toEqualTypeOf<ReadonlySet<'red' | 'blue'>>()
    expectTypeOf(client.stream('chat:a').append).parameter(0).toEqualTypeOf<string>()
  })

  it('refuses names that no pattern covers', () => {
    // @ts-expect-error there is no such stream
    client.stream('nowhere:a')
  })

  it('is one whatever its streams', () => {
    createClientObserver(client)
    expectTypeOf(client).toExtend<FlowSyncClient>()
  })

  it('has observers that know what they select', () => {
    const observer = createStreamObserver(client, 'doc:a', { select: ({ value }) => value.length })
    expectTypeOf(observer.getSnapshot()).toEqualTypeOf<number>()
    expectTypeOf(observer.handle.value).toEqualTypeOf<string>()
    expectTypeOf(createStreamObserver(client, 'chat:a').getSnapshot().value).toEqualTypeOf<
      readonly string[]
    >()
  })

  it('takes any streams while none are registered', () => {
    expectTypeOf<RegisteredStreams['findRule']>().toBeFunction()
  })
})
