import { describe, expect, it } from 'vitest'
import { EventLog } from './event-log.js'

describe('EventLog', () => {
  it('keeps the last lines and hashes all of them', () => {
    const fill = (first: string) => {
      const log = new EventLog(() => 1.5, 3)
      log.write('hub', first)
      for (let index = 0; index < 10; index++) log.write('client0', `event ${index}`)
      return log
    }
    const log = fill('start')
    expect(log.tail()).toEqual(
      ['event 7', 'event 8', 'event 9'].map((text) => `     1.500  client0  ${text}`),
    )
    expect(log.tail(1)).toHaveLength(1)
    expect(log.count).toBe(11)
    expect(log.digest()).toBe(fill('start').digest())
    expect(log.digest()).not.toBe(fill('another start').digest())
  })
})
