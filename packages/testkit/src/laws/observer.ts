import { demand, sameItems, sameValue } from './compare.js'
import { isDeepFrozen } from './frozen.js'
import type { AnyLawsSpec } from './spec.js'

/** Values that listeners still hold; they must not change under them. */
const MAX_HELD = 24

/** A listener that trusts nothing: checks each change when it happens and old values at the end. */
export class Observer {
  private readonly spec: AnyLawsSpec
  private readonly held: { readonly value: unknown; readonly copy: unknown }[] = []

  constructor(spec: AnyLawsSpec) {
    this.spec = spec
  }

  /** @param cause what was called, for the message */
  changed(
    fold: { readonly value: unknown },
    before: unknown,
    deltas: readonly unknown[],
    cause: string,
  ): void {
    const { value } = fold
    demand(fold.value === value, 'reading twice gives the same reference')
    demand(isDeepFrozen(value), 'a value is frozen at every level', value)
    const isKept = value === before || cause !== 'settle' || !sameItems(value, before)
    demand(isKept, 'settling without a change keeps the reference', value)
    if (this.spec.applyDeltas) {
      const told = this.spec.applyDeltas(before, deltas)
      demand(sameValue(told, value), `the deltas of ${cause} tell what changed`, {
        before,
        deltas,
        told,
        value,
      })
    }
    if (this.held.length < MAX_HELD) this.held.push({ value, copy: structuredClone(value) })
  }

  /** Throws when a value that was handed out has changed. */
  checkHeld(): void {
    for (const { value, copy } of this.held)
      demand(sameValue(value, copy), 'a snapshot is immutable', value, copy)
  }
}
