import { afterEach, expect, it, vi } from 'vitest'
import { StallWatch } from './stall-watch.js'

afterEach(() => {
  vi.useRealTimers()
})

it('rejects only when nothing has moved for the whole limit', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  let place = 0
  const watch = new StallWatch(10_000, () => `at ${place}`)
  const outcome = vi.fn()
  watch.stalled.catch(outcome)
  for (place = 1; place <= 5; place++) await vi.advanceTimersByTimeAsync(8_000)
  expect(outcome).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(11_000)
  expect(outcome).toHaveBeenCalledWith(new Error('nothing has moved for 10 s: at 6'))
  watch.end()
  expect(vi.getTimerCount()).toBe(0)
})
