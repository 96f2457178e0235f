import { describe, expect, it } from 'vitest'
import { INITIAL_STATE, transition, type SessionEvent, type SessionState } from './machine.js'

const offline = INITIAL_STATE
const waiting: SessionState = { kind: 'offline', isWaiting: true, attempt: 2 }
const token: SessionState = { kind: 'connecting', step: 'token', attempt: 2 }
const socket: SessionState = { kind: 'connecting', step: 'socket', attempt: 2 }
const hello: SessionState = { kind: 'connecting', step: 'hello', attempt: 2 }
const syncing: SessionState = { kind: 'syncing', attempt: 2 }
const live: SessionState = { kind: 'live', attempt: 2 }
const needsAuth: SessionState = { kind: 'needs-auth', attempt: 2 }
const signedOut: SessionState = { kind: 'signed-out', isWaiting: true, attempt: 0 }
const signedOutOffline: SessionState = { kind: 'signed-out', isWaiting: false, attempt: 0 }
const draining: SessionState = { kind: 'draining', isConnected: true, afterMs: 700, attempt: 2 }
const drained: SessionState = { kind: 'draining', isConnected: false, afterMs: 700, attempt: 2 }
const closed: SessionState = { kind: 'closed' }

const all = {
  offline,
  waiting,
  token,
  socket,
  hello,
  syncing,
  live,
  needsAuth,
  signedOut,
  signedOutOffline,
  draining,
  drained,
  closed,
}

type Name = keyof typeof all

/** Event, the states in which it means something, where each leads, and what is done. */
const table: readonly (readonly [SessionEvent, Partial<Record<Name, readonly [string, ...string[]]>>])[] = [
  [
    { kind: 'go-online' },
    {
      offline: ['connecting token 0', 'get-token'],
      waiting: ['connecting token 2', 'get-token'],
      needsAuth: ['connecting token 2', 'get-token'],
      signedOut: ['connecting token 0', 'get-token'],
      signedOutOffline: ['connecting token 0', 'get-token'],
      drained: ['connecting token 2', 'get-token'],
    },
  ],
  [
    { kind: 'look-again' },
    {
      needsAuth: ['connecting token 2', 'get-token'],
      signedOut: ['connecting token 0', 'get-token'],
    },
  ],
  [
    { kind: 'retry' },
    {
      waiting: ['connecting token 2', 'get-token'],
      needsAuth: ['connecting token 2', 'get-token'],
      drained: ['connecting token 2', 'get-token'],
    },
  ],
  [{ kind: 'got-token' }, { token: ['connecting socket 2', 'connect'] }],
  [{ kind: 'opened' }, { socket: ['connecting hello 2', 'hello'] }],
  [{ kind: 'welcomed' }, { hello: ['syncing 2'] }],
  [{ kind: 'caught-up' }, { syncing: ['live 2'] }],
  [{ kind: 'stable' }, { syncing: ['syncing 0'], live: ['live 0'] }],
  [
    { kind: 'drain', afterMs: 700 },
    { syncing: ['draining true 2'], live: ['draining true 2'] },
  ],
  [{ kind: 'drained' }, { draining: ['draining false 2', 'disconnect', 'pause 700'] }],
  [
    { kind: 'lost', afterMs: 50 },
    {
      token: ['waiting 3', 'disconnect', 'wait 2 50'],
      socket: ['waiting 3', 'disconnect', 'wait 2 50'],
      hello: ['waiting 3', 'disconnect', 'wait 2 50'],
      syncing: ['waiting 3', 'disconnect', 'wait 2 50'],
      live: ['waiting 3', 'disconnect', 'wait 2 50'],
      draining: ['draining false 2', 'disconnect', 'pause 700'],
    },
  ],
  [
    { kind: 'auth-failed' },
    Object.fromEntries(
      (
        [
          'waiting',
          'token',
          'socket',
          'hello',
          'syncing',
          'live',
          'needsAuth',
          'draining',
          'drained',
        ] as const
      ).map((name) => [name, ['needs-auth 3', 'disconnect', 'wait-for-auth 2']]),
    ),
  ],
  [
    { kind: 'signed-out' },
    Object.fromEntries(
      Object.keys(all)
        .filter((name) => !['closed', 'signedOut', 'signedOutOffline'].includes(name))
        .map((name) => [name, [`signed-out ${name !== 'offline'}`, 'disconnect']]),
    ),
  ],
  [
    { kind: 'go-offline' },
    {
      ...Object.fromEntries(
        Object.keys(all)
          .filter((name) => !['closed', 'signedOutOffline'].includes(name))
          .map((name) => [name, ['offline 0', 'disconnect']]),
      ),
      signedOut: ['signed-out false'],
    },
  ],
  [
    { kind: 'close' },
    Object.fromEntries(
      Object.keys(all)
        .filter((name) => name !== 'closed')
        .map((name) => [name, ['closed', 'disconnect']]),
    ),
  ],
]

function describeState(state: SessionState): string {
  switch (state.kind) {
    case 'closed':
      return 'closed'
    case 'offline':
      return `${state.isWaiting ? 'waiting' : 'offline'} ${state.attempt}`
    case 'connecting':
      return `connecting ${state.step} ${state.attempt}`
    case 'signed-out':
      return `signed-out ${state.isWaiting}`
    case 'draining':
      return `draining ${state.isConnected} ${state.attempt}`
    default:
      return `${state.kind} ${state.attempt}`
  }
}

function describeEffect(effect: ReturnType<typeof transition>['effects'][number]): string {
  if (effect.kind === 'wait') return `wait ${effect.attempt} ${effect.afterMs}`
  if (effect.kind === 'wait-for-auth') return `wait-for-auth ${effect.attempt}`
  return effect.kind === 'pause' ? `pause ${effect.afterMs}` : effect.kind
}

const cases = table.flatMap(([event, row]) =>
  Object.entries(all).map(([name, state]) => ({ event, state, name, expected: row[name as Name] })),
)

describe('transition', () => {
  it.each(cases)('$event.kind in $name', ({ event, state, expected }) => {
    const { state: next, effects } = transition(state, event)
    if (expected) expect([describeState(next), ...effects.map(describeEffect)]).toEqual(expected)
    else expect({ next, effects }).toEqual({ next: state, effects: [] })
  })

  it('keeps the very state when nothing changes', () => {
    expect(transition(live, { kind: 'retry' }).state).toBe(live)
  })
})
