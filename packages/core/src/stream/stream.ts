import {
  Fold,
  type AnyMergeRule,
  type FlowSyncError,
  type Op,
  type OpId,
  type ReplicaId,
  type SequencedOp,
} from '@flowsync/crdt'
import { createError, NO_EPOCH, type Epoch, type System } from '@flowsync/protocol'
import { clientClosed } from '../errors.js'
import { Listeners, type Emitter, type Notifier } from '../observable.js'
import { Outbox, type OutboxOp } from '../outbox/outbox.js'
import { createReceipt, type Receipt, type ReceiptControl } from '../outbox/receipt.js'
import type { Journal, JournalOp } from '../storage/journal.js'
import type { PendingTransaction } from '../storage/transaction.js'
import { deepFreeze } from './deep-freeze.js'
import { limitOpBytes, type AnyFold } from './fold-types.js'
import type { DeltaListener, DeltaOrigin } from './handle-types.js'
import type { CarryMode, Rebuild } from './rebuild-plan.js'
import type { StreamAccess, StreamSnapshot } from './snapshot.js'
import { createDeferred, type Deferred } from '../deferred.js'
import { jumpOf } from './text-jump.js'
import type { StreamRecorder } from './stream-recorder.js'

/** What all streams of a client share. */
export interface StreamEnvironment {
  readonly system: System
  readonly notifier: Notifier
  /** The client instance. */
  readonly owner: ReplicaId
  /** Only there once the storage was opened, which is before any stream is loaded. */
  readonly journal: Journal
  readonly isClosed: boolean
  /** Why edits of any stream are refused at present: nobody is signed in, or somebody else. */
  readonly refusal: FlowSyncError | undefined
  /** The largest body an op may have. */
  readonly opBytesLimit: number
  nextOrder(): number
  nextReceiptId(): string
  createReplica(): ReplicaId
  /** The stream has something new to send. */
  onQueued(stream: Stream): void
  /** Any visible state of the stream changed. */
  onChanged(stream: Stream): void
}

/** Under which id new ops of a stream are made. */
export interface Author {
  readonly replica: ReplicaId
  nextCounter: number
}

/** One stream on this client: its value with own edits folded in, its outbox, and who listens. */
export class Stream implements Emitter {
  readonly name: string
  readonly rule: AnyMergeRule
  readonly environment: StreamEnvironment
  readonly outbox = new Outbox()
  fold: AnyFold
  author: Author
  /** The hub's log that `fold.seq` counts in. */
  epoch: Epoch = NO_EPOCH
  /** True once what was stored is in the fold; before that nothing is stored or sent. */
  isLoaded = false
  /** Number of handles and observers that hold the stream open. */
  uses = 0
  access: StreamAccess = 'unknown'
  /** Why the hub does not let this client have the stream; undefined while it does or was not asked. */
  failure: FlowSyncError | undefined
  /** What last went wrong with an edit. */
  lastError: FlowSyncError | undefined
  /** A snapshot at or below this seq is needed to go on; Infinity when none is. */
  historyBelow = Infinity
  /** Which own ops must be made anew on the confirmed state: an earlier one was refused, or is lost. */
  carry: CarryMode = 'nothing'
  /**
   * Under which ids ops were made first that were made anew for another past, by replica and counter. That past may come
   * back with them in it, as when a hub was started on the wrong database for a while: then they are not made a third time.
   */
  origins: ReadonlyMap<string, OpId> = new Map()
  /** Told of own edits, to undo them. */
  declare recorder?: StreamRecorder
  /** The confirmed state that is being fetched to replace the present one. */
  rebuild: Rebuild | undefined
  /** Ops and bytes stored since the last checkpoint, and the bytes that took. */
  readonly stored = { tailOps: 0, tailBytes: 0, checkpointBytes: 0 }

  private readonly listeners = new Listeners()
  private readonly deltaListeners = new Listeners<[readonly unknown[], DeltaOrigin]>()
  private waiters: Deferred<void>[] = []
  private snapshot: StreamSnapshot<unknown> | undefined
  private emitted: StreamSnapshot<unknown> | undefined

  constructor(name: string, rule: AnyMergeRule, environment: StreamEnvironment, author: Author) {
    this.name = name
    this.rule = limitOpBytes(rule, () => environment.opBytesLimit)
    this.environment = environment
    this.author = author
    this.fold = new Fold(this.rule)
  }

  getSnapshot(): StreamSnapshot<unknown> {
    const former = this.snapshot
    const next: StreamSnapshot<unknown> = {
      value: this.fold.value,
      status: this.failure ? 'failed' : this.isUsable ? 'ready' : 'loading',
      isSynced: this.epoch !== NO_EPOCH,
      access: this.isShut ? 'read' : this.access,
      pendingCount: this.outbox.pendingCount,
      error: this.failure ?? this.lastError,
    }
    if (former && isSame(former, next)) return former
    this.snapshot = Object.freeze(next)
    return this.snapshot
  }

  private get isUsable(): boolean {
    return this.epoch !== NO_EPOCH || (this.isLoaded && !this.outbox.isEmpty)
  }

  subscribe(listener: () => void): () => void {
    // What the listener can read now is no news to it.
    if (this.listeners.size === 0) this.emitted = this.getSnapshot()
    return this.listeners.add(listener)
  }

  onDelta(listener: DeltaListener<unknown>): () => void {
    return this.deltaListeners.add(listener)
  }

  whenReady(): Promise<void> {
    const waiter = createDeferred<void>()
    waiter.promise.catch(() => undefined)
    this.waiters.push(waiter)
    this.settleWaiters()
    return waiter.promise
  }

  /** Something visible may have changed; listeners are told within a frame. */
  changed(): void {
    this.settleWaiters()
    this.environment.notifier.soon(this)
    this.environment.onChanged(this)
  }

  emit(): void {
    // A snapshot may be a long text made of its parts: nobody makes it for nobody.
    if (this.listeners.size === 0) return
    const snapshot = this.getSnapshot()
    if (snapshot === this.emitted) return
    this.emitted = snapshot
    this.listeners.emit()
  }

  emitDeltas(deltas: readonly unknown[], origin: DeltaOrigin): void {
    // Frozen here and not where they are made: most are told to nobody.
    if (deltas.length > 0 && this.deltaListeners.size > 0)
      this.deltaListeners.emit(deepFreeze(deltas), origin)
  }

  /** The state was replaced by another one; `before` is the value it showed. */
  jumped(before: unknown): void {
    const after = this.fold.value
    if (before !== after) this.recorder?.jump()
    this.emitDeltas(jumpOf(before, after), 'remote')
  }

  private settleWaiters(): void {
    if (this.waiters.length === 0) return
    const { status, error } = this.getSnapshot()
    const closed = this.environment.isClosed
    if (status === 'loading' && !closed) return
    for (const { resolve, reject } of this.waiters.splice(0)) {
      if (status === 'ready') resolve()
      else reject(error ?? clientClosed())
    }
  }

  /**
   * Folds an edit at once and queues it.
   * @throws FlowSyncError `op/invalid-intent`, `op/too-large`, `client/closed`; nothing has changed then
   */
  push(intent: unknown, origin: DeltaOrigin = 'local'): Receipt {
    const { environment, author, fold } = this
    if (environment.isClosed) throw clientClosed()
    const receipt = createReceipt(environment.nextReceiptId())
    const denial = this.denial
    if (denial) {
      this.lastError = denial
      receipt.reject(denial)
      this.changed()
      return receipt
    }
    const nowMs = environment.system.nowMs()
    const recorded = this.recorder?.begin(intent)
    const prepared = fold.prepare(intent, { replica: author.replica, counter: author.nextCounter, nowMs })
    if (!prepared) {
      receipt.save()
      receipt.acknowledge(fold.seq)
      return receipt
    }
    author.nextCounter += prepared.op.count
    this.enqueue(prepared.op, receipt)
    recorded?.(prepared.deltas)
    this.emitDeltas(prepared.deltas, origin)
    environment.notifier.now(this)
    environment.onChanged(this)
    return receipt
  }

  /** Nobody is signed in who may write here, or even read. */
  private get isShut(): boolean {
    return this.environment.refusal !== undefined || this.failure?.code === 'acl/denied'
  }

  /** Why an edit would be refused, as far as is known. */
  private get denial(): FlowSyncError | undefined {
    if (this.environment.refusal) return this.environment.refusal
    if (this.failure?.code === 'acl/denied') return this.failure
    if (this.access !== 'read') return undefined
    return createError('acl/denied', `The token does not grant writing to ${JSON.stringify(this.name)}.`, {
      details: { stream: this.name },
    })
  }

  private enqueue(op: Op, receipt: ReceiptControl): void {
    const { environment } = this
    const entry = createOutboxOp(op, environment.owner, environment.nextOrder(), receipt)
    this.outbox.add(entry)
    if (this.isLoaded) this.save(entry, environment.journal.stage())
  }

  /** Puts an op of the outbox on disk. */
  save(entry: OutboxOp, transaction: PendingTransaction<JournalOp>): void {
    const { op, owner, order } = entry
    transaction.addOp({
      stream: this.name,
      owner,
      order,
      op,
      onSaved: (error) => {
        entry.receipt?.save(error)
        entry.isStored ||= !error
        if (error && entry.replacesStored) return
        entry.isSaved = true
        this.environment.onQueued(this)
      },
    })
  }

  /** Counts what a reload would have to fold. */
  noteTail(ops: readonly SequencedOp[]): void {
    this.stored.tailOps += ops.length
    for (const { body } of ops) this.stored.tailBytes += body.length + 8
  }

  /**
   * Ends all waiting: the client closes. What is being saved still will be.
   * @param canLoad whether a stream that is not loaded will be, so that what was edited meanwhile can be saved
   */
  abandon(canLoad: boolean): void {
    for (const { receipt } of this.outbox) {
      if (this.isLoaded || canLoad) receipt?.abandon(clientClosed())
      else receipt?.reject(clientClosed())
    }
    this.settleWaiters()
  }
}

/** An op as it enters the outbox: neither saved nor sent. `replaced` is the one it was made of anew. */
export function createOutboxOp(
  op: Op,
  owner: ReplicaId,
  order: number,
  receipt: ReceiptControl | undefined,
  replaced?: OutboxOp,
): OutboxOp {
  return {
    op,
    owner,
    order,
    receipt,
    isStored: false,
    replacesStored: replaced !== undefined && (replaced.isStored || replaced.replacesStored),
    isSaved: false,
    isSent: false,
    wasSent: false,
    isAcked: false,
    seq: 0,
    refusal: undefined,
    isQueued: false,
  }
}

function isSame(a: StreamSnapshot<unknown>, b: StreamSnapshot<unknown>): boolean {
  return (Object.keys(a) as (keyof StreamSnapshot<unknown>)[]).every((key) => Object.is(a[key], b[key]))
}
