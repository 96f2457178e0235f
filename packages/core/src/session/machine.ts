/** Where a session stands. `attempt` counts connections that failed in a row, for backoff. */
export type SessionState =
  /** Not wanted, by `goOffline` or because nobody asked yet. */
  | { readonly kind: 'offline'; readonly isWaiting: false; readonly attempt: number }
  /** The next attempt comes by itself. */
  | { readonly kind: 'offline'; readonly isWaiting: true; readonly attempt: number }
  | { readonly kind: 'connecting'; readonly step: 'token' | 'socket' | 'hello'; readonly attempt: number }
  | { readonly kind: 'syncing'; readonly attempt: number }
  | { readonly kind: 'live'; readonly attempt: number }
  /** The token function is asked again after a wait. */
  | { readonly kind: 'needs-auth'; readonly attempt: number }
  /** Nobody is signed in: nothing is asked any more, but for a hint that somebody may be when `isWaiting`. */
  | { readonly kind: 'signed-out'; readonly isWaiting: boolean; readonly attempt: 0 }
  /** Still connected for the answers that are due, then waiting as long as the hub asked for. */
  | {
      readonly kind: 'draining'
      readonly isConnected: boolean
      readonly afterMs: number
      readonly attempt: number
    }
  | { readonly kind: 'closed' }

/** What happens to a session. */
export type SessionEvent =
  | { readonly kind: 'go-online' }
  | { readonly kind: 'go-offline' }
  | { readonly kind: 'close' }
  /** The wait is over, or the machine says that there is network again. */
  | { readonly kind: 'retry' }
  /** Somebody may have signed in: the page is looked at again. */
  | { readonly kind: 'look-again' }
  | { readonly kind: 'got-token' }
  | { readonly kind: 'opened' }
  | { readonly kind: 'welcomed' }
  | { readonly kind: 'caught-up' }
  /** The connection is gone or useless; the hub may have said how long to stay away. */
  | { readonly kind: 'lost'; readonly afterMs: number }
  /** No token, or one that the hub does not take. */
  | { readonly kind: 'auth-failed' }
  /** The application says that nobody is signed in. */
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'drain'; readonly afterMs: number }
  /** Every answer that was due has come. */
  | { readonly kind: 'drained' }
  /** The connection has held for a while. */
  | { readonly kind: 'stable' }

/** What is to be done. Timers and connections of the former state are ended by whoever carries this out. */
export type SessionEffect =
  | { readonly kind: 'get-token' }
  | { readonly kind: 'connect' }
  | { readonly kind: 'hello' }
  /** Ends the connection if there is one. */
  | { readonly kind: 'disconnect' }
  /** Raises `retry` after a random wait that grows with `attempt`, at least `afterMs`. */
  | { readonly kind: 'wait'; readonly attempt: number; readonly afterMs: number }
  /** The same, with longer waits: a person must do something first. */
  | { readonly kind: 'wait-for-auth'; readonly attempt: number }
  /** Raises `retry` after exactly this long. */
  | { readonly kind: 'pause'; readonly afterMs: number }

/** A state and how to get there. */
export interface Transition {
  readonly state: SessionState
  readonly effects: readonly SessionEffect[]
}

/** How a session begins. */
export const INITIAL_STATE: SessionState = { kind: 'offline', isWaiting: false, attempt: 0 }

const DISCONNECT = { kind: 'disconnect' } as const

/** Decides what a session does next. Pure and total: an event that means nothing in a state changes nothing. */
export function transition(state: SessionState, event: SessionEvent): Transition {
  const stay: Transition = { state, effects: [] }
  if (state.kind === 'closed') return stay
  const { attempt } = state
  switch (event.kind) {
    case 'close':
      return { state: { kind: 'closed' }, effects: [DISCONNECT] }
    case 'go-offline':
      if (state.kind === 'signed-out') {
        return state.isWaiting ? { state: { ...state, isWaiting: false }, effects: [] } : stay
      }
      return { state: { kind: 'offline', isWaiting: false, attempt: 0 }, effects: [DISCONNECT] }
    case 'go-online':
      return isIdle(state) ? connect(attempt) : stay
    case 'retry':
      return isIdle(state) && isWanted(state) && state.kind !== 'signed-out' ? connect(attempt) : stay
    case 'look-again':
      return isWanted(state) && (state.kind === 'signed-out' || state.kind === 'needs-auth')
        ? connect(attempt)
        : stay
    case 'got-token':
      return isAt(state, 'token')
        ? { state: { kind: 'connecting', step: 'socket', attempt }, effects: [{ kind: 'connect' }] }
        : stay
    case 'opened':
      return isAt(state, 'socket')
        ? { state: { kind: 'connecting', step: 'hello', attempt }, effects: [{ kind: 'hello' }] }
        : stay
    case 'welcomed':
      return isAt(state, 'hello') ? { state: { kind: 'syncing', attempt }, effects: [] } : stay
    case 'caught-up':
      return state.kind === 'syncing' ? { state: { kind: 'live', attempt }, effects: [] } : stay
    case 'stable':
      return isConnected(state) ? { state: { ...state, attempt: 0 }, effects: [] } : stay
    case 'auth-failed':
      return isWanted(state) && state.kind !== 'signed-out'
        ? {
            state: { kind: 'needs-auth', attempt: attempt + 1 },
            effects: [DISCONNECT, { kind: 'wait-for-auth', attempt }],
          }
        : stay
    case 'signed-out':
      return state.kind === 'signed-out'
        ? stay
        : { state: { kind: 'signed-out', isWaiting: isWanted(state), attempt: 0 }, effects: [DISCONNECT] }
    case 'drain':
      return isConnected(state)
        ? { state: { kind: 'draining', isConnected: true, afterMs: event.afterMs, attempt }, effects: [] }
        : stay
    case 'drained':
      return state.kind === 'draining' && state.isConnected ? pause(state, state.afterMs) : stay
    case 'lost':
      if (state.kind === 'draining') return state.isConnected ? pause(state, state.afterMs) : stay
      return state.kind === 'connecting' || isConnected(state)
        ? {
            state: { kind: 'offline', isWaiting: true, attempt: attempt + 1 },
            effects: [DISCONNECT, wait(attempt, event.afterMs)],
          }
        : stay
  }
}

function isWanted(state: SessionState): boolean {
  if (state.kind === 'offline' || state.kind === 'signed-out') return state.isWaiting
  return state.kind !== 'closed'
}

/** No connection and none being made. */
function isIdle(state: SessionState): boolean {
  return (
    state.kind === 'offline' ||
    state.kind === 'signed-out' ||
    state.kind === 'needs-auth' ||
    (state.kind === 'draining' && !state.isConnected)
  )
}

function isAt(state: SessionState, step: 'token' | 'socket' | 'hello'): boolean {
  return state.kind === 'connecting' && state.step === step
}

/** True while the hub has welcomed the connection and not asked to leave. */
export function isConnected(
  state: SessionState,
): state is Extract<SessionState, { kind: 'syncing' | 'live' }> {
  return state.kind === 'syncing' || state.kind === 'live'
}

function connect(attempt: number): Transition {
  return { state: { kind: 'connecting', step: 'token', attempt }, effects: [{ kind: 'get-token' }] }
}

function wait(attempt: number, afterMs: number): SessionEffect {
  return { kind: 'wait', attempt, afterMs }
}

function pause(state: Extract<SessionState, { kind: 'draining' }>, afterMs: number): Transition {
  return { state: { ...state, isConnected: false }, effects: [DISCONNECT, { kind: 'pause', afterMs }] }
}
