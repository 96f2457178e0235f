import type { AnchorSource } from '../marks/anchor-source.js'
import type { TextDelta } from '../text-delta.js'
import type { Patch } from './engine.js'
import { INSERT, NOTHING } from './op-runs.js'
import type { OpHead } from './stream-history.js'
import { TextSequence } from './text-sequence.js'
import { UnitAnchors } from './unit-anchors.js'
import type { LocalVersion } from './version.js'

const NO_CHANGE: Patch = Object.freeze({ position: 0, deleteCount: 0, insertCount: 0 })

/** A text that others attach things to: it names its ops, by their first units, and tells what they did. */
export class AnchoredText extends TextSequence {
  /** The name that the next op will have. */
  get end(): LocalVersion {
    return this.stream.history.graph.length
  }

  /** Whether the author of an op that comes next knew all ops before. */
  isLatest(op: OpHead): boolean {
    const { history } = this.stream
    return history.graph.coversHeads(history.parentsFor(history.pastOf(op)))
  }

  /**
   * Whether the author of an op that comes next knew all ops before another one, whose author knew them
   * all, as did those of all ops since.
   */
  isKnownBefore(op: OpHead, other: LocalVersion): boolean {
    const { history } = this.stream
    const known = history.parentsFor(history.pastOf(op))
    if (known.some((version) => version >= other)) return true
    return history.graph.parentsOf(other).every((version) => known.includes(version))
  }

  /** Merges an op that leaves the text as it is; returns what a patch comes to where the op was made. */
  applyNothing(op: OpHead, patch: TextDelta): TextDelta {
    const { history, engine } = this.stream
    const past = history.pastOf(op)
    const parents = history.parentsFor(past)
    const tracker = history.graph.coversHeads(parents) ? undefined : engine.trackerFor(parents)
    tracker?.prepare(parents)
    engine.fit(patch.position, patch.deleteCount, tracker)
    const fitting = { ...patch, position: engine.fitPosition, deleteCount: engine.fitCount }
    engine.apply(past.author, past.counter, 1, parents, 0, 0, 0)
    history.note(past, op.seq)
    return fitting
  }

  /** What an op did, at its own version, and the op after it. */
  stepOf(op: LocalVersion): Patch & { readonly next: LocalVersion } {
    const { graph, runs } = this.stream.engine
    const next = graph.endOf(graph.runAt(op))
    const run = runs.runAt(op)
    const kind = runs.kindOf(run)
    if (kind === NOTHING) return { ...NO_CHANGE, next }
    const deleteCount = kind === INSERT ? 0 : Math.min(runs.endOf(run), next) - op
    return { position: runs.positionOf(run, op), deleteCount, insertCount: next - op - deleteCount, next }
  }

  /** All units from a version on that is critical: every later op knows what came before. */
  anchorsFrom(start: LocalVersion): AnchorSource {
    const { graph, runs } = this.stream.engine
    return new UnitAnchors(start, graph, runs)
  }
}
