import { Fold, carryOver } from '@flowsync/crdt'
import type { AnyMergeRule, Op, ReplicaId } from '@flowsync/crdt'
import fc from 'fast-check'
import { demand, sameBytes, sameValue } from './compare.js'
import { isDeepFrozen } from './frozen.js'
import { histories, play } from './history.js'
import type { AnyLawsSpec, Law } from './spec.js'

/** Laws about orders of delivery. */
export function convergenceLaws(spec: AnyLawsSpec): Law[] {
  const numRuns = spec.runs ?? 100
  const rule = spec.rule
  const check = <Input>(property: fc.IProperty<Input>): void => fc.assert(property, { numRuns })
  return [
    {
      name: 'any order that a fold allows ends in the same bytes',
      check: () =>
        check(fc.property(histories(spec, { forged: false }), (history) => play(spec, history).heal())),
    },
    {
      name: 'forged ops spoil no convergence',
      check: () =>
        check(fc.property(histories(spec, { forged: true }), (history) => play(spec, history).heal())),
    },
    {
      name: 'a snapshot at any seq and the tail after it equal the full log',
      check: () =>
        check(
          fc.property(histories(spec, { forged: true }), fc.nat(1_000), (history, age) => {
            const world = play(spec, history)
            world.heal()
            const { hub } = world
            const fold = hub.refold(hub.head, [], [], age)
            demand(
              sameBytes(fold.encodeState(), hub.reference.encodeState()),
              'snapshot and tail equal the log',
              fold.encodeState(),
              hub.reference.encodeState(),
            )
            demand(sameValue(fold.value, hub.reference.value), 'snapshot and tail show the same value')
          }),
        ),
    },
    {
      name: 'pending ops are carried over to an empty log and converge there',
      check: () =>
        check(
          fc.property(
            histories(spec, { forged: false }),
            fc.array(fc.boolean(), { maxLength: 8 }),
            (history, refused) => {
              const world = play(spec, history)
              for (let client = 0; client < 4; client++) carried(rule, world.offline(client), refused)
              world.heal()
            },
          ),
        ),
    },
  ]
}

/** Carries ops over and then places them in a new log, from which another replica folds. */
function carried(
  rule: AnyMergeRule,
  {
    pending,
    source,
  }: { readonly pending: readonly Op[]; readonly source: Fold<unknown, unknown, unknown, unknown, unknown> },
  refused: readonly boolean[],
): void {
  const replica = 'c0ffee00'.repeat(4) as ReplicaId
  let counter = 1
  const target = new Fold(rule)
  const ops = carryOver(
    pending.map((op, index) => ({ op, keep: !refused[index] })),
    source,
    target,
    (count) => {
      const id = { replica, counter }
      counter += count
      return id
    },
  )
  const reader = new Fold(rule)
  ops.forEach((op, index) => {
    const sequenced = { ...op, seq: index + 1 }
    demand(reader.receive(sequenced).kind === 'applied', 'a carried op can be folded', sequenced)
    demand(target.receive(sequenced).kind === 'settled', 'a carried op is settled by its author', sequenced)
  })
  demand(isDeepFrozen(target.value), 'a carried value is frozen at every level', target.value)
  demand(sameValue(target.value, reader.value), 'carried ops converge', target.value, reader.value)
  demand(sameBytes(target.encodeState(), reader.encodeState()), 'carried ops give the same bytes')
}
