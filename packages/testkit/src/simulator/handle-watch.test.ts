import { describe, expect, it } from 'vitest'
import { HandleWatch } from './handle-watch.js'
import type { SimulatedStream } from './scenario.js'

function createWatch(stream: SimulatedStream) {
  const problems: string[] = []
  const watch = new HandleWatch(stream, (problem) => problems.push(problem))
  const show = (value: unknown, isSynced = true, status = 'ready') =>
    watch.onSnapshot({ value, status, isSynced })
  return { watch, problems, show }
}

describe('HandleWatch', () => {
  it('follows a text by its deltas', () => {
    const { watch, problems, show } = createWatch('doc:a')
    show('hello')
    watch.onDelta(
      [
        { position: 0, deleteCount: 1, insert: 'J' },
        { position: 5, deleteCount: 0, insert: '!' },
      ],
      'Jello!',
    )
    show('Jello!')
    expect(problems).toEqual([])
    watch.onDelta([{ position: 0, deleteCount: 0, insert: 'x' }], 'Jello!x')
    expect(problems).toHaveLength(1)
    show('something else')
    expect(problems).toHaveLength(2)
  })

  it('ignores what a stream shows before it is ready', () => {
    const { problems, show } = createWatch('chat:a')
    show(['<1>'], false, 'loading')
    show([], false)
    expect(problems).toEqual([])
  })

  it('finds messages that go and elements that come back', () => {
    const chat = createWatch('chat:a')
    chat.show(['<1>', '<2>'])
    chat.show(['<2>', '<1>', '<3>'])
    expect(chat.problems).toEqual([])
    chat.show(['<3>', '<1>'])
    expect(chat.problems).toEqual([expect.stringContaining('<2>')])

    const tags = createWatch('tags:a')
    tags.show(new Set(['<1>', '<2>']))
    tags.show(new Set(['<2>']))
    expect(tags.problems).toEqual([])
    tags.show(new Set(['<1>', '<2>']))
    expect(tags.problems).toEqual([expect.stringContaining('<1>')])
  })

  it('finds a synced stream that falls back', () => {
    const { problems, show } = createWatch('counter:a')
    show(0, false)
    show(1, true)
    show(1, false)
    expect(problems).toHaveLength(1)
  })

  it('finds a value that nobody was told of', () => {
    const { watch, problems, show } = createWatch('counter:a')
    show(1)
    watch.checkTold({ value: 1, status: 'ready', isSynced: true })
    expect(problems).toEqual([])
    watch.checkTold({ value: 2, status: 'ready', isSynced: true })
    expect(problems).toHaveLength(1)
  })
})
