import { describe, expect, it } from 'vitest'
import { isRestored, nextSessions } from './session-guard.js'

const file = { session: 'b', witnessed: 'a', position: 10 }

describe('isRestored', () => {
  it.each([
    [undefined, false, 'there is no witness'],
    [{ session: 'b', position: 10 }, false, 'it names the session of the file'],
    [{ session: 'b', position: 7 }, false, 'it missed the last appends'],
    [{ session: 'b', position: 11 }, true, 'the session had come further'],
    [{ session: 'a', position: 10 }, false, 'a crash kept it from hearing of the session'],
    [{ session: 'a', position: 11 }, true, 'the session before had come further'],
    [{ session: 'c', position: 0 }, true, 'it names a session that the file knows nothing of'],
  ])('of %j is %s: %s', (testimony, expected, _why) => {
    expect(isRestored(file, testimony)).toBe(expected)
  })
})

describe('nextSessions', () => {
  it('are a new one and the one that the witness names, however often it could not be told', () => {
    const testimony = { session: 'a', position: 3 }
    const [first, second] = [nextSessions(testimony), nextSessions(testimony)]
    expect(first.session).toMatch(/^[0-9a-f]{32}$/)
    expect(second.session).not.toBe(first.session)
    for (const sessions of [first, second]) {
      expect(sessions.witnessed).toBe('a')
      expect(isRestored({ ...sessions, position: 3 }, testimony)).toBe(false)
    }
    expect(nextSessions(undefined).witnessed).toBe('')
  })
})
