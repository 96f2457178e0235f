import type { ReplicaId } from '@flowsync/crdt'
import type { System } from '@flowsync/protocol'
import type { AppendBatch, AppendOutcome } from '../driver.js'
import { stageBatches } from '../stage-batches.js'
import { type AppendPart, partArguments } from './append-part.js'
import { append, APPENDED, BLOCKED } from './append-script.js'
import type { LoadedStream } from './loaded-stream.js'
import { OTHER_LIFE } from './redis-link.js'
import { unavailable } from './redis-error.js'
import type { ReplicaNumbers } from './replica-numbers.js'
import type { StoreParts } from './store-parts.js'

/** What a {@link LogAppender} works with. */
export interface AppenderParts extends StoreParts {
  readonly system: System
  /** Names the driver among those on the store. */
  readonly driverId: string
}

/** A batch that waits for its outcome. */
interface Pending {
  readonly batch: AppendBatch
  readonly index: number
}

/** How long a driver that failed twice may keep the others from appending to a stream. It takes two round trips. */
const TURN_MS = 250
const BLOCKED_WAIT_MS = 1
const MAX_ROUNDS = 1_000

/**
 * Appends without a lock: it decides on what it has read, and the script stores what still holds. In every
 * round some driver wins; whose streams moved reads them again and decides anew.
 */
export class LogAppender {
  private readonly parts: AppenderParts

  constructor(parts: AppenderParts) {
    this.parts = parts
  }

  /** See `LogDriver.append`. One call at a time. */
  async append(batches: readonly AppendBatch[]): Promise<readonly AppendOutcome[]> {
    const outcomes = new Array<AppendOutcome>(batches.length)
    const failures = new Map<string, number>()
    let pending: readonly Pending[] = batches.map((batch, index) => ({ batch, index }))
    try {
      for (let round = 0; pending.length > 0; round++) {
        if (round >= MAX_ROUNDS) throw unavailable('Other hubs append to the same streams all the time.')
        pending = await this.round(pending, outcomes, failures)
      }
      return outcomes
    } catch (error) {
      // What was staged may be stored or not.
      for (const batch of batches) this.parts.loader.forget(batch)
      throw error
    }
  }

  /** @returns the batches that have no outcome yet */
  private async round(
    pending: readonly Pending[],
    outcomes: AppendOutcome[],
    failures: Map<string, number>,
  ): Promise<readonly Pending[]> {
    const { link, loader, replicas } = this.parts
    const { life } = await link.connect()
    if (
      !(await loader.prepare(
        life,
        pending.map(({ batch }) => batch),
      ))
    )
      return pending
    const group = pending.slice(0, claimedOnce(pending, replicas))
    const parts = new Map<LoadedStream, AppendPart>()
    const staged = this.stage(group, parts)
    const answers = await this.store(life, [...parts.values()], failures)
    if (!answers) {
      for (const { batch } of pending) loader.forget(batch)
      return pending
    }
    const stored = new Set<LoadedStream>()
    ;[...parts.values()].forEach((part, index) => {
      if (this.settle(part, answers[index], failures)) stored.add(part.stream)
    })
    if (answers.includes(BLOCKED)) await this.wait()
    const waiting = pending.slice(group.length)
    const again = group.filter(({ index }, at) => {
      const { stream, outcome } = staged[at] ?? {}
      const isSettled = outcome !== undefined && (stream === undefined || stored.has(stream))
      if (isSettled) outcomes[index] = outcome
      return !isSettled
    })
    loader.trim(stored)
    return [...again, ...waiting]
  }

  private stage(
    group: readonly Pending[],
    parts: Map<LoadedStream, AppendPart>,
  ): { readonly stream: LoadedStream | undefined; readonly outcome: AppendOutcome | undefined }[] {
    const { loader, replicas } = this.parts
    const streams = group.map(({ batch }) => loader.get(batch))
    for (const stream of streams) {
      if (stream) parts.set(stream, { stream, bindings: new Map(), marks: [] })
    }
    const outcomes = stageBatches(
      group.map(({ batch }) => batch),
      {
        streamOf: (batch) => loader.get(batch),
        bind: (stream, replica, subject) => {
          const binding = replicas.get(stream.workspace, replica)
          if (binding?.subject === undefined) {
            parts.get(stream as LoadedStream)?.bindings.set(replica, subject)
          }
          return binding?.number ?? 0
        },
        mark: (stream, number, op) => parts.get(stream as LoadedStream)?.marks.push({ number, op }),
      },
    )
    return streams.map((stream, at) => ({ stream, outcome: outcomes[at] }))
  }

  /** Also parts without new ops go: what was decided about them must still hold. */
  private async store(
    life: string,
    parts: readonly AppendPart[],
    failures: ReadonlyMap<string, number>,
  ): Promise<readonly number[] | undefined> {
    if (parts.length === 0) return []
    const { link, keys, replicas, driverId } = this.parts
    const names: string[] = []
    const args: (string | Buffer)[] = [driverId, String(TURN_MS), String(parts.length)]
    for (const part of parts) {
      const { head, log, places, marks } = keys.stream(part.stream.head)
      const workspace = keys.workspace(part.stream.workspace)
      names.push(head, log, places, marks, workspace.replicas, workspace.numbers)
      args.push(...partArguments(part, replicas, (failures.get(head) ?? 0) > 0))
    }
    const answers = await link.runIn(life, append, names, args)
    return answers === OTHER_LIFE ? undefined : (answers as number[])
  }

  private settle(
    { stream, bindings }: AppendPart,
    answer: number | undefined,
    failures: Map<string, number>,
  ): boolean {
    const { loader, replicas, keys } = this.parts
    const { workspace } = stream
    if (answer === APPENDED) {
      for (const [replica, subject] of bindings) {
        replicas.set(workspace, replica, { number: replicas.get(workspace, replica)?.number ?? 0, subject })
      }
      stream.commit()
      return true
    }
    const { head } = keys.stream(stream.head)
    if (answer !== BLOCKED) failures.set(head, (failures.get(head) ?? 0) + 1)
    loader.forget(stream.head)
    for (const replica of bindings.keys()) replicas.forget(workspace, replica)
    return false
  }

  private wait(): Promise<void> {
    return new Promise((resolve) => {
      this.parts.system.setTimer(BLOCKED_WAIT_MS, resolve)
    })
  }
}

/**
 * How many batches can be decided at once: up to the first that appends under a replica which nobody owns yet
 * and which one before it claims for another subject. Who owns it is known when that one is stored.
 */
function claimedOnce(pending: readonly Pending[], replicas: ReplicaNumbers): number {
  const claims = new Map<string, string>()
  for (const [at, { batch }] of pending.entries()) {
    for (const replica of new Set<ReplicaId>(batch.ops.map((op) => op.replica))) {
      if (replicas.get(batch.workspace, replica)?.subject !== undefined) continue
      const name = `${batch.workspace}/${replica}`
      const claimant = claims.get(name) ?? batch.subject
      if (claimant !== batch.subject) return at
      claims.set(name, claimant)
    }
  }
  return pending.length
}
