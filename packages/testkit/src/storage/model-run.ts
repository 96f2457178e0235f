import assert from 'node:assert/strict'
import type { Op, ReplicaId } from '@flowsync/crdt'
import type { AppendBatch, LogDriver } from '@flowsync/hub'
import { createRandom, type Random } from '../simulator/random.js'
import { op, replica, rejectionOf, WHOLE_LOG } from './log-driver-store.js'
import { checkCompacted, checkRead, checkSnapshots, partsOf } from './model-checks.js'
import { NaiveLog } from './naive-log.js'

const STREAMS = ['doc:a', 'doc:b', 'doc:c']
const REPLICAS = [1, 2, 3, 4, 5].map(replica)
const SUBJECTS = ['alice', 'alice', 'alice', 'bob', 'bob']
const WORKSPACE = 'acme'
const NO_EPOCH = '0123456789abcdef'

/**
 * Calls a store and a naive model at random, and compares every answer.
 * @param seed the same calls for ever; it is named in what a failure says
 * @param anyDriver the driver to call next, of those that are open on the store
 */
export async function runModel(
  seed: string,
  calls: number,
  anyDriver: (random: Random) => Promise<LogDriver>,
): Promise<void> {
  const run = new ModelRun(createRandom(seed), anyDriver)
  let call = 0
  try {
    for (; call < calls; call++) await run.step()
    await run.checkAll()
  } catch (error) {
    throw new Error(`seed ${seed}, call ${call}: ${run.lastCall}`, { cause: error })
  }
}

class ModelRun {
  lastCall = ''
  private readonly random: Random
  private readonly anyDriver: (random: Random) => Promise<LogDriver>
  private readonly logs = new Map<string, NaiveLog>()
  private readonly subjects = new Map<ReplicaId, string>()
  private imports = 0

  constructor(random: Random, anyDriver: (random: Random) => Promise<LogDriver>) {
    this.random = random
    this.anyDriver = anyDriver
  }

  async step(): Promise<void> {
    const driver = await this.anyDriver(this.random)
    const log = this.random.pick([...this.logs.values(), undefined])
    if (!log || this.random.chance(0.02)) return this.open(driver)
    const roll = this.random.int(100)
    if (roll < 45) return this.append(driver)
    if (roll < 60) return this.read(driver, log)
    if (roll < 66) return this.look(driver, log)
    if (roll < 76) return this.snapshot(driver, log)
    if (roll < 90) return this.compact(driver, log)
    if (roll < 94) return this.truncate(driver, log)
    if (roll < 96) return this.renew(driver, log)
    if (roll < 97) return this.exportAndImport(driver, log)
    return this.list(driver)
  }

  private note(call: string, ...args: unknown[]): void {
    this.lastCall = `${call}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`
  }

  private async open(driver: LogDriver): Promise<void> {
    const stream = this.random.pick(STREAMS)
    this.note('openStream', stream)
    const head = await driver.openStream({ workspace: WORKSPACE, stream, rule: 'text', ruleVersion: 1 })
    const log = this.logs.get(stream)
    if (log) assert.deepEqual(head, log.head)
    else this.logs.set(stream, new NaiveLog(head, this.subjects))
  }

  private async append(driver: LogDriver): Promise<void> {
    const batches = Array.from({ length: this.random.between(1, 3) }, () => this.batch())
    this.note(
      'append',
      batches.map(({ ops, ...rest }) => ({ ...rest, ops: ops.map(describe) })),
    )
    const committed = new Map([...this.logs].map(([stream, { head }]) => [stream, head.headSeq]))
    const expected = batches.map((batch) => {
      const log = this.logs.get(batch.stream)
      const priorHeadSeq = log?.head.headSeq
      const outcome = log?.append(batch, committed.get(batch.stream) ?? 0) ?? 'stream/unknown'
      return typeof outcome === 'string' ? outcome : { kind: 'ok', seqs: outcome, priorHeadSeq }
    })
    const outcomes = await driver.append(batches)
    const told = outcomes.map((outcome) => (outcome.kind === 'ok' ? outcome : outcome.error.code))
    assert.deepEqual(told, expected)
  }

  private batch(): AppendBatch {
    const { random } = this
    const stream = random.pick([...this.logs.keys(), ...(random.chance(0.05) ? ['doc:none'] : [])])
    const log = this.logs.get(stream)
    const index = random.int(REPLICAS.length)
    const subject = random.chance(0.05) ? 'mallory' : (SUBJECTS[index] ?? '')
    const author = REPLICAS[index] ?? replica(1)
    const epoch = log && !random.chance(0.05) ? log.head.epoch : NO_EPOCH
    const ops = log && random.chance(0.2) ? this.retries(log, author) : []
    let counter = Math.max(log?.nextCounter(author) ?? 1, ops.length === 0 ? 1 : (ops.at(-1)?.counter ?? 0))
    if (random.chance(0.03)) counter++
    const fresh = random.chance(0.1) ? random.between(50, 300) : random.between(1, 8)
    for (let made = 0; made < fresh; made++) {
      const made = this.op(log, author, counter)
      ops.push(made)
      counter += made.count
    }
    return { workspace: WORKSPACE, stream, epoch, subject, ops }
  }

  /** Stored ops of the replica once more; now and then with another body. */
  private retries(log: NaiveLog, author: ReplicaId): Op[] {
    const own = log.ops.filter((stored) => stored.replica === author)
    const start = this.random.int(own.length + 1)
    const count = this.random.chance(0.5) ? own.length : this.random.between(0, 5)
    return own.slice(start, start + count).map(({ seq: _, ...stored }) => {
      return this.random.chance(0.02) ? { ...stored, body: this.random.bytes(9) } : stored
    })
  }

  private op(log: NaiveLog | undefined, author: ReplicaId, counter: number): Op {
    const { random } = this
    const { headSeq = 0, truncatedSeq = 0 } = log?.head ?? {}
    const base = random.chance(0.01) ? random.int(headSeq + 3) : random.between(truncatedSeq, headSeq)
    const other = random.pick(REPLICAS)
    const known = (log?.nextCounter(other) ?? 1) - (random.chance(0.97) ? 1 : 0)
    const extra = random.chance(0.1) && known > 0 ? [{ replica: other, counter: known }] : []
    const body = random.bytes(random.chance(0.02) ? 3_000 : random.int(12))
    return op(author, counter, base, { count: random.chance(0.8) ? 1 : random.between(2, 9), extra, body })
  }

  private async read(driver: LogDriver, log: NaiveLog): Promise<void> {
    const { random } = this
    const { headSeq } = log.head
    const afterSeq = random.int(headSeq + 3)
    const limitBytes = random.pick([1, 17, 200, 5_000, 1_000_000])
    const throughSeq = random.chance(0.5) ? undefined : random.int(headSeq + 2)
    this.note('read', log.head, { afterSeq, limitBytes, throughSeq })
    await checkRead(driver, log, afterSeq, limitBytes, throughSeq)
  }

  private async look(driver: LogDriver, log: NaiveLog): Promise<void> {
    const { random } = this
    const key = log.head
    const author = random.pick(REPLICAS)
    this.note('countersOf, findSeq', key, author)
    assert.deepEqual(
      await driver.countersOf(key, REPLICAS),
      REPLICAS.map((each) => log.nextCounter(each) - 1),
    )
    const counter = random.between(1, log.nextCounter(author))
    const subject = random.chance(0.9) ? (log.subjectOf(author) ?? 'alice') : 'mallory'
    const found = subject === log.subjectOf(author) ? log.seqOf({ replica: author, counter }) : undefined
    assert.equal(
      await driver.findSeq(key, { replica: author, counter }, subject),
      found,
      `counter ${counter}`,
    )
    assert.deepEqual(await driver.findStream(key), log.head)
  }

  private async snapshot(driver: LogDriver, log: NaiveLog): Promise<void> {
    const { random } = this
    const { head } = log
    const seq = random.chance(0.6) ? head.headSeq : random.int(head.headSeq + 3)
    const epoch = random.chance(0.1) ? NO_EPOCH : head.epoch
    const state = random.bytes(5)
    this.note('putSnapshot', head, { epoch, seq })
    await driver.putSnapshot(head, { epoch, seq, state })
    if (epoch === head.epoch && seq <= head.headSeq && seq >= head.truncatedSeq) {
      log.snapshots = [...log.snapshots.filter((kept) => kept.seq !== seq), { epoch, seq, state }]
    }
    await checkSnapshots(driver, log, random.int(head.headSeq + 2))
  }

  private async compact(driver: LogDriver, log: NaiveLog): Promise<void> {
    const { random } = this
    const { head } = log
    const epoch = random.chance(0.1) ? NO_EPOCH : head.epoch
    const throughSeq = random.int(head.headSeq + 5)
    this.note('compact', head, { epoch, throughSeq })
    const after = await driver.compact(head, epoch, throughSeq)
    checkCompacted(log, after, epoch, throughSeq)
  }

  private async truncate(driver: LogDriver, log: NaiveLog): Promise<void> {
    const { random } = this
    const epoch = random.chance(0.1) ? NO_EPOCH : log.head.epoch
    const headSeq = random.chance(0.9) ? log.head.headSeq : random.int(log.head.headSeq + 2)
    this.note('truncate', log.head, { epoch, headSeq })
    const mayTruncate =
      epoch === log.head.epoch &&
      headSeq === log.head.headSeq &&
      log.snapshots.some(({ seq }) => seq === headSeq)
    const after = await driver.truncate(log.head, epoch, headSeq)
    if (mayTruncate) {
      assert.ok(after && after.epoch !== epoch, 'a truncated stream has a new epoch')
      log.truncate(after.epoch)
    }
    assert.deepEqual(after, log.head)
  }

  private async renew(driver: LogDriver, log: NaiveLog): Promise<void> {
    const epoch = this.random.chance(0.2) ? NO_EPOCH : log.head.epoch
    this.note('renewEpoch', log.head, { epoch })
    const after = await driver.renewEpoch(log.head, epoch)
    if (epoch === log.head.epoch) {
      assert.ok(after && after.epoch !== epoch, 'a renewed stream has a new epoch')
      log.head = { ...log.head, epoch: after.epoch }
    }
    assert.deepEqual(after, log.head)
  }

  /** What a stream exports is stored under another name, in parts, and goes on there. */
  private async exportAndImport(driver: LogDriver, log: NaiveLog): Promise<void> {
    const stream = `doc:import-${++this.imports}`
    const head = { ...log.head, stream }
    this.note('restore', log.head, stream)
    const parts = partsOf(log, head, this.random)
    for (const part of parts) await driver.restore(part)
    const [first] = parts
    assert.ok(first)
    assert.equal(await rejectionOf(driver.restore(first)), 'stream/exists')
    this.logs.set(stream, new NaiveLog(head, this.subjects, log))
  }

  private async list(driver: LogDriver): Promise<void> {
    this.note('lists')
    const names = [...this.logs.keys()].sort()
    const heads = await driver.listStreams(WORKSPACE, { limit: 1_000 })
    assert.deepEqual(
      heads,
      names.map((name) => this.logs.get(name)?.head),
    )
    assert.deepEqual(await driver.listWorkspaces({ limit: 10 }), [WORKSPACE])
    const keys = [...names, 'doc:none'].map((stream) => ({ workspace: WORKSPACE, stream }))
    assert.deepEqual(
      await driver.positionsOf(keys),
      keys.map(({ stream }) => this.logs.get(stream)?.position),
    )
  }

  async checkAll(): Promise<void> {
    const driver = await this.anyDriver(this.random)
    if (this.logs.size > 0) await this.list(driver)
    for (const log of this.logs.values()) {
      this.note('at the end', log.head)
      await checkRead(driver, log, log.head.truncatedSeq, WHOLE_LOG)
      assert.deepEqual(await driver.replicasOf(log.head, { limit: 100 }), log.replicas())
      await checkSnapshots(driver, log, log.head.headSeq)
    }
  }
}

function describe({ replica: author, counter, count, base }: Op): string {
  return `${author.slice(-2)}/${counter}+${count}@${base}`
}
