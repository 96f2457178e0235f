import { Fold } from '@flowsync/crdt'
import type { AnyMergeRule, ReplicaId, SequencedOp } from '@flowsync/crdt'
import fc from 'fast-check'
import { demand, hasCode, sameBytes, sameValue } from './compare.js'
import { isDeepFrozen } from './frozen.js'
import { histories, play } from './history.js'
import { mutate, mutations } from './mutation.js'
import type { Mutation } from './mutation.js'
import type { AnyLawsSpec, Law } from './spec.js'
import type { World } from './world.js'

/** Changes to given bytes, or other bytes. */
const damages = fc.oneof(mutations, fc.uint8Array({ maxLength: 64 }))

function damaged(bytes: Uint8Array, damage: readonly Mutation[] | Uint8Array): Uint8Array {
  return damage instanceof Uint8Array ? damage : mutate(bytes, damage)
}

/** Laws about bytes. */
export function codecLaws(spec: AnyLawsSpec): Law[] {
  const numRuns = spec.runs ?? 100
  const rule = spec.rule
  const healed = histories(spec, { forged: false })
  return [
    {
      name: 'encoding a body or a state and decoding it changes nothing',
      check: () =>
        fc.assert(
          fc.property(healed, (history) => {
            const world = play(spec, history)
            world.heal()
            world.hub.ops.forEach((op) => checkBody(rule, op))
            world.hub.snapshots.forEach((bytes, seq) => checkState(rule, bytes, seq))
            checkValue(rule, world)
          }),
          { numRuns },
        ),
    },
    {
      name: 'a damaged body is read or refused with op/invalid, and a refused one changes nothing',
      check: () =>
        fc.assert(
          fc.property(healed, fc.nat(1_000), damages, (history, which, damage) => {
            const world = play(spec, history)
            world.heal()
            const model = world.hub.ops[which % Math.max(1, world.hub.head)]
            receiveDamaged(rule, world, damaged(model?.body ?? new Uint8Array(), damage))
          }),
          { numRuns: numRuns * 4 },
        ),
    },
    {
      name: 'a damaged state is read or refused with state/invalid',
      check: () =>
        fc.assert(
          fc.property(healed, fc.nat(1_000), damages, (history, which, damage) => {
            const world = play(spec, history)
            world.heal()
            const seq = which % world.hub.snapshots.length
            decodeDamaged(rule, damaged(world.hub.snapshots[seq] ?? new Uint8Array(), damage), seq)
          }),
          { numRuns: numRuns * 4 },
        ),
    },
  ]
}

function checkBody(rule: AnyMergeRule, op: SequencedOp): void {
  const again = rule.encodeBody(rule.decodeBody(op.body))
  demand(sameBytes(again, op.body), 'a body has one encoding', again, op.body)
}

function checkState(rule: AnyMergeRule, bytes: Uint8Array, seq: number): void {
  const fold = new Fold(rule, { state: bytes, seq })
  demand(sameBytes(fold.encodeState(), bytes), 'a state has one encoding', fold.encodeState(), bytes)
}

function checkValue(rule: AnyMergeRule, world: World): void {
  const { reference } = world.hub
  const fold = new Fold(rule, { state: reference.encodeState(), seq: reference.seq })
  demand(sameValue(fold.value, reference.value), 'a value survives encoding', fold.value, reference.value)
  demand(isDeepFrozen(fold.value), 'a decoded value is frozen at every level', fold.value)
}

function receiveDamaged(rule: AnyMergeRule, world: World, body: Uint8Array): void {
  const fold = world.hub.refold(world.hub.head, [], [], 0)
  const before = fold.value
  const bytes = fold.encodeState()
  const op = {
    replica: 'bad0bad0'.repeat(4) as ReplicaId,
    counter: 1,
    count: countOf(rule, body),
    base: fold.seq,
    extra: [],
    body,
    seq: fold.seq + 1,
  }
  const received = fold.receive(op)
  if (received.kind === 'ignored') {
    demand(hasCode(received.error, 'op/invalid'), 'a body is refused with op/invalid', received.error)
    demand(fold.value === before, 'a refused body changes nothing')
    demand(sameBytes(fold.encodeState(), bytes), 'a refused body changes no byte')
    return
  }
  demand(received.kind === 'applied', 'a readable body is applied', received)
  checkState(rule, fold.encodeState(), fold.seq)
}

function countOf(rule: AnyMergeRule, body: Uint8Array): number {
  try {
    return rule.countOf(rule.decodeBody(body))
  } catch (error) {
    demand(hasCode(error, 'op/invalid'), 'a body is refused with op/invalid', error)
    return 1
  }
}

function decodeDamaged(rule: AnyMergeRule, bytes: Uint8Array, seq: number): void {
  let fold
  try {
    fold = new Fold(rule, { state: bytes, seq })
  } catch (error) {
    demand(hasCode(error, 'state/invalid'), 'a state is refused with state/invalid', error)
    return
  }
  const { value } = fold
  const again = fold.encodeState()
  checkState(rule, again, seq)
  demand(
    sameValue(new Fold(rule, { state: again, seq }).value, value),
    'a state that was read shows its value',
  )
}
