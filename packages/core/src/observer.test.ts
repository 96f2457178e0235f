import { describe, expect, test, vi } from 'vitest'
import { createStreamObserver } from './observer.js'
import { memory } from './storage/memory.js'
import { World } from './tests/world.js'

const words = ({ value }: { value: string }): string[] => value.split(' ')
const sameWords = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join()

describe('createStreamObserver', () => {
  test('tells of what is selected alone, and keeps what is equal', async () => {
    const world = new World()
    const client = await world.liveClient()
    const observer = createStreamObserver(client, 'doc:a', { select: words, isEqual: sameWords })
    const listener = vi.fn()
    observer.subscribe(listener)
    await world.system.advance(100)
    listener.mockClear()
    const before = observer.getSnapshot()
    await observer.handle.insert(0, 'one two').acked
    expect(listener).toHaveBeenCalledTimes(1)
    const after = observer.getSnapshot()
    expect(after).toEqual(['one', 'two'])
    expect(after).not.toBe(before)
    await observer.handle.replace(0, 3, 'one').acked
    await world.system.advance(100)
    expect(listener).toHaveBeenCalledTimes(1)
    expect(observer.getSnapshot()).toBe(after)
    await client.close()
  })

  test('offers other looks, whose selectors may be new each time', async () => {
    const world = new World()
    const client = await world.liveClient()
    const observer = createStreamObserver(client, 'doc:a')
    const look = () => observer.select((snapshot) => words(snapshot), sameWords)
    observer.subscribe(() => undefined)
    await observer.handle.insert(0, 'one two').acked
    const first = look()
    const selected = first.getSnapshot()
    expect(first.getSnapshot()).toBe(selected)
    expect(look().subscribe).toBe(first.subscribe)
    expect(look().getSnapshot()).toBe(selected)
    await observer.handle.insert(7, ' three').acked
    expect(look().getSnapshot()).toEqual(['one', 'two', 'three'])
    expect(look().getServerSnapshot()).toEqual([''])
    await client.close()
  })

  test('shows a first render what the server did, whatever has happened since', async () => {
    const world = new World()
    const author = await world.liveClient()
    const doc = author.stream('doc:a')
    await doc.insert(0, 'served').acked
    const state = author.dehydrate()
    const client = await world.liveClient({ storage: memory() })
    client.hydrate(state)
    const observer = createStreamObserver(client, 'doc:a')
    expect(observer.getSnapshot().value).toBe('served')
    observer.subscribe(() => undefined)
    await world.system.advance(100)
    await doc.insert(0, 'un').acked
    await world.system.advance(100)
    expect(observer.getSnapshot().value).toBe('unserved')
    expect(observer.getServerSnapshot().value).toBe('served')
    expect(observer.getServerSnapshot()).toBe(createStreamObserver(client, 'doc:a').getServerSnapshot())
    await Promise.all([author.close(), client.close()])
  })

  test('refuses names that no pattern covers, and clients of somebody else', async () => {
    const world = new World()
    const client = world.client({ connect: false })
    const unknown: string = 'unknown:a'
    expect(() => createStreamObserver(client, unknown as 'doc:a')).toThrow(
      expect.objectContaining({ code: 'stream/unknown' }),
    )
    const foreign = {} as typeof client
    expect(() => createStreamObserver(foreign, 'doc:a')).toThrow(
      expect.objectContaining({ code: 'config/invalid' }),
    )
    await client.close()
  })
})
