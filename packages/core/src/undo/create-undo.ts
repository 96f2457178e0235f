import { createUndoHistory, undoOf, type UndoHistoryOptions, type UndoSource } from '@flowsync/crdt/undo'
import { createError, type StreamDefinitions, type StreamName } from '@flowsync/protocol'
import { internalsOf } from '../client-internals.js'
import type { FlowSyncClient } from '../client-types.js'
import { Listeners } from '../observable.js'
import type { Observer } from '../observer.js'
import type { Receipt } from '../outbox/receipt.js'
import { addRecorder } from './stream-recorders.js'

/** How edits become entries: `captureMs` and `limit`. */
export type UndoOptions = UndoHistoryOptions

/** What a pair of buttons shows. Immutable; the same reference until it changes. */
export interface UndoSnapshot {
  readonly canUndo: boolean
  readonly canRedo: boolean
}

/** What came of an undo or a redo. */
export type UndoOutcome =
  /** These edits were made. */
  | { readonly kind: 'done'; readonly receipts: readonly Receipt[] }
  /** There is nothing to undo, or nothing of it is left. */
  | { readonly kind: 'nothing' }
  /** All that could be undone is undone, and the newest edit of this client cannot be, such as an append to a log. */
  | { readonly kind: 'irreversible' }
  /** This client may not write now: nothing has changed, and the receipts say why. */
  | { readonly kind: 'refused'; readonly receipts: readonly Receipt[] }

/** Takes back what this client did to one stream, and nothing of what anybody else did. */
export interface Undo extends Observer<UndoSnapshot> {
  /**
   * Takes back the newest entry of which something is left, by making edits like any other.
   * @throws FlowSyncError `op/too-large` when restored text is larger than one edit may be, and `client/closed`
   */
  undo(): UndoOutcome
  /** Does again what was undone last, unless this client has edited since. Throws as `undo` does. */
  redo(): UndoOutcome
  /** The next edit begins an entry of its own. Call it when the user moves on: another field, another tool. */
  stop(): void
  /** Forgets all entries. */
  clear(): void
  /** Stops recording and gives up the stream. Idempotent. */
  dispose(): void
}

const NONE: UndoSnapshot = Object.freeze({ canUndo: false, canRedo: false })

/**
 * Records what this client does to a stream from now on, however it is pushed, so that it can be undone
 * and done again. The stream stays open until `dispose()`.
 *
 * When the hub refuses an edit, when its log was reset, or when a gap is bridged by a snapshot, entries are forgotten:
 * what belongs to whom is not known of a value that jumped.
 *
 * @throws FlowSyncError `stream/name-invalid`, `stream/unknown`, `config/invalid` for a rule without undo
 */
export function createUndo<S extends StreamDefinitions, const Name extends StreamName<S>>(
  client: FlowSyncClient<S>,
  name: Name,
  options: UndoOptions = {},
): Undo {
  return createUndoOf(client, name, options)
}

/** As {@link createUndo}, for the stream of a handle. */
export function createHandleUndo(handle: { readonly name: string }, options: UndoOptions = {}): Undo {
  return createUndoOf(handle, handle.name, options)
}

/** @param owner a client, or one of its handles */
function createUndoOf(owner: object, name: string, options: UndoOptions): Undo {
  const { registry, system } = internalsOf(owner)
  const { rule } = registry.peek(name)
  const tracker = undoOf(rule)
  if (!tracker) throw createError('config/invalid', `The rule ${rule.name} has no undo.`)
  const history = createUndoHistory(tracker, options)
  const stream = registry.open(name)
  const source: UndoSource = {
    get value() {
      return stream.fold.value
    },
    get state() {
      return stream.fold.state
    },
    get replica() {
      return stream.author.replica
    },
  }
  const listeners = new Listeners()
  let snapshot = NONE
  /** How many edits of the step that is being made were folded. */
  let applied = 0
  let isMaking = false
  let isDisposed = false

  function update(): void {
    if (isMaking) return
    const canUndo = history.canUndo(source)
    const canRedo = history.canRedo(source)
    if (canUndo === snapshot.canUndo && canRedo === snapshot.canRedo) return
    snapshot = Object.freeze({ canUndo, canRedo })
    listeners.emit()
  }

  function make(direction: 'undo' | 'redo'): UndoOutcome {
    const step = isDisposed ? undefined : history[direction](source)
    if (!step) {
      update()
      return { kind: direction === 'undo' && history.isIrreversible() ? 'irreversible' : 'nothing' }
    }
    applied = 0
    isMaking = true
    try {
      const receipts = step.intents.map((intent) => stream.push(intent, 'history'))
      if (applied === 0) return { kind: 'refused', receipts }
      step.commit()
      return { kind: 'done', receipts }
    } catch (error) {
      // Half of a step is neither done nor undone.
      if (applied > 0) history.clear()
      throw error
    } finally {
      isMaking = false
      update()
    }
  }

  const stops = [
    addRecorder(stream, {
      begin(intent) {
        if (isMaking) return () => void applied++
        // What is no intent at all is refused right after this.
        if (typeof intent !== 'object' || intent === null) return () => undefined
        const finish = history.begin(intent, source)
        return (deltas) => {
          finish(deltas, system.nowMs())
          update()
        }
      },
      jump() {
        history.clear()
        update()
      },
    }),
    // Of a value without positions nothing is told but that it changed.
    tracker.observe
      ? stream.onDelta((deltas, origin) => {
          if (origin === 'remote') history.observe(deltas)
          update()
        })
      : stream.subscribe(update),
  ]

  return {
    subscribe: (listener) => listeners.add(listener),
    getSnapshot: () => snapshot,
    getServerSnapshot: () => NONE,
    undo: () => make('undo'),
    redo: () => make('redo'),
    stop: () => history.stop(),
    clear() {
      history.clear()
      update()
    },
    dispose() {
      if (isDisposed) return
      isDisposed = true
      for (const stop of stops) stop()
      history.clear()
      update()
      registry.release(stream)
    },
  }
}
