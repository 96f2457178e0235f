import {
  counter,
  doc,
  list,
  log,
  map,
  register,
  richText,
  set,
  text,
  type DeepReadonly,
  type Json,
} from '@flowsync/crdt'
import { defineStreams, type StreamValue } from '@flowsync/protocol'
import { describe, expectTypeOf, it } from 'vitest'
import { createClient } from './client.js'
import type { StreamSnapshot } from './stream/snapshot.js'

interface Task {
  title: string
  done: boolean
  tags: string[]
  place?: { room: string; seats: [row: number, seat: number][] }
}
declare const task: Task
declare const read: DeepReadonly<Task>

const streams = defineStreams({
  'doc:*': text(),
  'page:*': richText(),
  'votes:*': counter(),
  'guests:*': set<string>(),
  'owner:*': register<Task>(),
  'draft:*': register<Task>({ initial: { title: '', done: false, tags: [] } }),
  'address:*': register<Task>({ multi: true }),
  'tasks:*': list<Task>(),
  'prices:*': map<{ amounts: number[] }>(),
  'chat:*': log<{ author: string; tags: string[] }>({ window: 10 }),
  'note:*': doc<{ title: string; todos: Task[] }>(),
  'board:*': doc({ shape: { body: 'text', votes: 'counter', todos: 'list', meta: { tags: 'map' } } }),
})
const client = createClient({ url: 'http://hub.example', streams, token: () => 'token' })
type Value<Name extends Parameters<typeof client.stream>[0]> = StreamValue<typeof streams, Name>

describe('the value of a stream cannot be written', () => {
  it('text and counter', () => {
    // @ts-expect-error a value is what the stream shows
    client.stream('doc:a').value = 'new'
    // @ts-expect-error a counter is changed by amounts
    client.stream('votes:a').value = 3
    // @ts-expect-error nor is a snapshot's
    client.stream('votes:a').getSnapshot().value = 3
  })

  it('rich text', () => {
    const { value } = client.stream('page:a')
    // @ts-expect-error spans are made by edits
    void value.spans.push
    const [span] = value.spans
    if (!span) return
    // @ts-expect-error text is changed by edits
    span.text = 'new'
    // @ts-expect-error so are marks
    span.marks.bold = true
    // @ts-expect-error marks that are kept beside others are an array
    void span.marks.comment?.push
  })

  it('set', () => {
    const { value } = client.stream('guests:a')
    expectTypeOf(value).toEqualTypeOf<ReadonlySet<string>>()
    // @ts-expect-error an element is added by the stream
    void value.add
    // @ts-expect-error and deleted by it
    void value.delete
    // @ts-expect-error never all at once
    void value.clear
  })

  it('register', () => {
    const owner = client.stream('owner:a').value
    expectTypeOf(owner).toEqualTypeOf<DeepReadonly<Task> | undefined>()
    const draft = client.stream('draft:a').value
    // @ts-expect-error a register is replaced as a whole
    draft.done = true
    // @ts-expect-error at every level
    void draft.tags.push
    // @ts-expect-error at every level
    if (draft.place) draft.place.room = 'x'
    // @ts-expect-error at every level, tuples included
    if (draft.place?.seats[0]) draft.place.seats[0][0] = 1
    const all = client.stream('address:a').value
    expectTypeOf(all).toEqualTypeOf<readonly DeepReadonly<Task>[]>()
    // @ts-expect-error the concurrent values are what others wrote
    void all.push
    // @ts-expect-error and so is each of them
    if (all[0]) all[0].done = true
  })

  it('list', () => {
    const { value } = client.stream('tasks:a')
    // @ts-expect-error items are inserted by the stream
    void value.push
    // @ts-expect-error and sorted by moves
    void value.sort
    // @ts-expect-error an item is set as a whole
    if (value[0]) value[0].done = true
    // @ts-expect-error an item is set as a whole
    value[0] = task
    // @ts-expect-error at every level
    void value[0]?.tags.push
  })

  it('map', () => {
    const { value } = client.stream('prices:a')
    // @ts-expect-error a key is set by the stream
    value['a'] = { amounts: [1] }
    // @ts-expect-error and deleted by it
    delete value['a']
    // @ts-expect-error at every level
    void value['a']?.amounts.push
  })

  it('log', () => {
    const { value } = client.stream('chat:a')
    // @ts-expect-error an entry is appended by the stream
    void value.push
    // @ts-expect-error what was said was said
    if (value[0]) value[0].author = 'Bob'
    // @ts-expect-error at every level
    void value[0]?.tags.push
  })

  it('doc', () => {
    const note = client.stream('note:a').value
    // @ts-expect-error a key is set by its path
    note.title = 'new'
    // @ts-expect-error at every level
    if (note.todos?.[0]) note.todos[0].done = true
    // @ts-expect-error at every level
    void note.todos?.[0]?.tags.push
    const board = client.stream('board:a').value
    // @ts-expect-error a text is edited by its path
    board.body = 'new'
    // @ts-expect-error a counter too
    board.votes += 1
    // @ts-expect-error a list too
    void board.todos.push
    // @ts-expect-error a map too
    board.meta.tags['a'] = 1
  })

  it('snapshots', () => {
    expectTypeOf(client.stream('tasks:a').getSnapshot()).toEqualTypeOf<
      StreamSnapshot<readonly DeepReadonly<Task>[]>
    >()
  })
})

describe('what listeners are told cannot be written', () => {
  it('deltas', () => {
    client.stream('tasks:a').onDelta((deltas) => {
      const [delta] = deltas
      if (!delta) return
      // @ts-expect-error others are told the same
      void deltas.pop
      // @ts-expect-error others are told the same
      delta.position = 0
      // @ts-expect-error others are told the same
      void delta.insert.pop
      // @ts-expect-error items are those of the value
      if (delta.insert[0]) delta.insert[0].done = true
    })
    client.stream('doc:a').onDelta(([delta]) => {
      // @ts-expect-error others are told the same
      if (delta) delta.insert = ''
    })
    client.stream('page:a').onDelta(([delta]) => {
      // @ts-expect-error others are told the same
      if (delta?.runs[0]) delta.runs[0].length = 1
    })
    client.stream('note:a').onDelta(([delta]) => {
      // @ts-expect-error others are told the same
      void delta?.path.push
      // @ts-expect-error others are told the same
      if (delta?.type === 'list') void delta.delta.insert.pop
    })
  })
})

describe('what is pushed may be either', () => {
  it('a value of the own type, one that was read, and one made of it', () => {
    const tasks = client.stream('tasks:a')
    const changed = { ...read, tags: [...read.tags, 'x'] }
    tasks.append(task, read, changed)
    tasks.push({ op: 'insert', pos: 0, values: [task, read, changed] })
    tasks.set(0, { ...read, done: true })
    client.stream('owner:a').set(read)
    client.stream('owner:a').set(task)
    client.stream('prices:a').set('a', { amounts: [1] })
    client.stream('chat:a').append({ author: 'Ann', tags: ['x'] })
    // @ts-expect-error it must have the type
    tasks.append({ title: 'no tags', done: false })
    // @ts-expect-error it must have no more than the type
    tasks.append({ title: '', done: false, tags: [], more: 1 })
  })
})

describe('types stay readable', () => {
  it('scalars and JSON are what they are', () => {
    const _more = defineStreams({
      'title:*': register({ initial: 'Untitled' }),
      'any:*': register<Json>(),
      'kind:*': register<'a' | 'b' | null>({ initial: null }),
      'items:*': list(),
    })
    expectTypeOf<StreamValue<typeof _more, 'title:a'>>().toEqualTypeOf<string>()
    expectTypeOf<StreamValue<typeof _more, 'any:a'>>().toEqualTypeOf<Json | undefined>()
    expectTypeOf<StreamValue<typeof _more, 'kind:a'>>().toEqualTypeOf<'a' | 'b' | null>()
    expectTypeOf<StreamValue<typeof _more, 'items:a'>>().toEqualTypeOf<readonly Json[]>()
    expectTypeOf<Value<'tasks:a'>>().toEqualTypeOf<readonly DeepReadonly<Task>[]>()
  })
})
