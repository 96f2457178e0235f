import { FlowSyncError } from '@flowsync/crdt'
import type { AppliedOp, MergeRule } from '@flowsync/crdt'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ruleLaws } from './index.js'

interface Bag {
  sum: number
  last: number
  list: readonly number[] | undefined
  /** Where history begins, in the variant that keeps none. */
  floor: number
}

type BagRule = MergeRule<readonly number[], { readonly op: 'put'; readonly byte: number }, number, Bag>

/** The least rule that keeps the laws: bytes are summed up. */
const bag: BagRule = {
  name: 'bag',
  version: 1,
  actions: {},
  create: () => ({ sum: 0, last: 0, list: undefined, floor: 0 }),
  prepare: (_state, intent: unknown) => {
    if (!isPut(intent)) throw new FlowSyncError('op/invalid-intent', 'A bag takes a byte.')
    return intent.byte === 0 ? undefined : intent.byte
  },
  countOf: () => 1,
  apply: (state, { body }) => {
    state.sum += body
    state.last = body
    state.list = undefined
    return []
  },
  settle: () => undefined,
  value: (state) => (state.list ??= frozen(state.sum)),
  encodeBody: (body) => Uint8Array.of(body),
  decodeBody: (bytes) => {
    if (bytes.length !== 1 || !bytes[0]) throw new FlowSyncError('op/invalid', 'A body is one byte.')
    return bytes[0]
  },
  encodeState: ({ sum }) => Uint8Array.of(sum >> 16, sum >> 8, sum),
  decodeState: (bytes, seq) => {
    const [high, middle, low, ...rest] = bytes
    if (high === undefined || middle === undefined || low === undefined || rest.length > 0) {
      throw new FlowSyncError('state/invalid', 'A state is three bytes.')
    }
    return { sum: (high << 16) | (middle << 8) | low, last: 0, list: undefined, floor: seq }
  },
}

function isPut(intent: unknown): intent is { op: 'put'; byte: number } {
  return typeof intent === 'object' && intent !== null && 'op' in intent && intent.op === 'put'
}

function brokenLaws(change: Partial<BagRule>): string[] {
  const laws = ruleLaws({
    rule: { ...bag, ...change },
    seeds: fc.integer({ min: 0, max: 255 }),
    intent: (byte) => ({ op: 'put' as const, byte }),
    badIntents: [{ op: 'take' }],
    runs: 50,
  })
  return laws.flatMap((law) => {
    try {
      law.check()
      return []
    } catch (error) {
      return [`${law.name}: ${reason(error)}`]
    }
  })
}

describe('ruleLaws', () => {
  it('hold for a rule that keeps them', () => {
    expect(brokenLaws({})).toEqual([])
  })

  it('hold for a rule that must fold again from an older snapshot', () => {
    expect(brokenLaws({ floor: ({ floor }) => floor })).toEqual([])
  })

  const broken: [string, Partial<BagRule>, string][] = [
    [
      'a rule whose bytes depend on the order of arrival',
      { encodeState: ({ sum, last }) => Uint8Array.of(last, sum >> 8, sum) },
      'replicas hold the same bytes',
    ],
    [
      'a rule whose value depends on it',
      { value: (state) => (state.list ??= frozen(state.last)) },
      'show the same value',
    ],
    [
      'a rule that counts what it settles',
      {
        settle: (state) => {
          state.sum++
        },
      },
      'replicas',
    ],
    [
      'a rule that forgets in a snapshot',
      {
        decodeState: (bytes, seq) =>
          bag.decodeState(Uint8Array.of(0, 0, seq === 0 ? 0 : (bytes[2] ?? 0) & 0xfe), seq),
      },
      'a state has one encoding',
    ],
    [
      'a rule that throws while folding',
      {
        apply: (state, op: AppliedOp<number>) => {
          if (op.body === 255) throw new TypeError('boom')
          return bag.apply(state, op)
        },
      },
      'boom',
    ],
    ['a rule that throws anything while decoding', { decodeBody: (bytes) => bytes[0] ?? boom() }, 'boom'],
    [
      'a rule that throws anything for a state',
      { decodeState: (bytes, seq) => (bytes.length === 3 ? bag.decodeState(bytes, seq) : boom()) },
      'boom',
    ],
    ['a rule whose value is new each time', { value: (state) => frozen(state.sum) }, 'keeps the reference'],
    ['a rule whose value can be written', { value: (state) => (state.list ??= [state.sum]) }, 'is frozen'],
    [
      'a rule whose old values change',
      {
        apply: (state, { body }) => {
          state.sum += body
          return []
        },
        value: (state) => (state.list ??= live(state)),
      },
      'a snapshot is immutable',
    ],
    [
      'a rule that changes the state while preparing',
      {
        prepare: (state, intent, context) => {
          state.sum++
          return bag.prepare(state, intent, context)
        },
      },
      'preparing keeps the state',
    ],
    [
      'a rule that never has enough history',
      { floor: ({ floor }) => floor + 1 },
      'a full fold takes every op',
    ],
    [
      'a rule that loses history while folding',
      {
        floor: ({ floor }) => floor,
        apply: (state, op) => {
          state.floor = Math.max(state.floor, (op.seq ?? 0) - 1)
          return bag.apply(state, op)
        },
      },
      'a full fold takes every op',
    ],
    ['a rule that takes any intent', { prepare: () => 1 }, 'a bad intent is refused'],
  ]
  it.each(broken)('are broken by %s', (_name, change, message) => {
    expect(brokenLaws(change).join('\n')).toContain(message)
  })
})

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message}\n${reason(error.cause)}`
}

const frozen = (sum: number): readonly number[] => Object.freeze([sum])

/** Frozen, and yet what it shows changes. */
function live(state: Bag): readonly number[] {
  return Object.freeze(Object.defineProperty([0], 0, { get: () => state.sum, enumerable: true }))
}

function boom(): never {
  throw new TypeError('boom')
}
