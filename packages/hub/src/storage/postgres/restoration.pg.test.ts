import type { Op, ReplicaId } from '@flowsync/crdt'
import { afterEach, expect, it } from 'vitest'
import { createSchema } from '../../tests/postgres-schema.js'
import { postgres } from './postgres.js'

const schema = createSchema()
const driver = postgres(schema.target)
const creation = { rule: 'register', ruleVersion: 1, workspace: 'default' }

afterEach(async () => {
  await driver.close()
  await schema.drop()
})

const replicaOf = (number: number): ReplicaId => number.toString(16).padStart(32, '0') as ReplicaId

it('numbers replicas while appends of the same hub number others', async () => {
  await driver.open()
  const { epoch } = await driver.openStream({ ...creation, stream: 'note:live' })
  const push = async (number: number): Promise<unknown> => {
    const op: Op = {
      replica: replicaOf(number),
      counter: 1,
      count: 1,
      base: 0,
      extra: [],
      body: new Uint8Array(1),
    }
    const [outcome] = await driver.append([
      { workspace: 'default', stream: 'note:live', epoch, subject: 'ada', ops: [op] },
    ])
    return outcome?.kind
  }
  const restore = (number: number): Promise<void> => {
    const replica = replicaOf(10_000 + number)
    const head = { ...creation, stream: `note:${number}`, epoch: '1'.repeat(16), headSeq: 0 }
    return driver.restore({
      head: { ...head, floorSeq: 0, truncatedSeq: 0 },
      replicas: [{ replica, subject: 'bob', nextCounter: 2, truncatedCounter: 1 }],
      ops: [{ replica, counter: 1, count: 1, base: 0, extra: [], body: new Uint8Array(1), seq: 1 }],
      snapshots: [],
    })
  }
  const numbers = Array.from({ length: 150 }, (_, index) => index + 1)
  const [pushed] = await Promise.all([
    (async () => {
      const kinds: unknown[] = []
      for (const number of numbers) kinds.push(await push(number))
      return kinds
    })(),
    (async () => {
      for (const number of numbers) await restore(number)
    })(),
  ])
  expect(new Set(pushed)).toEqual(new Set(['ok']))
  expect(await driver.listStreams('default', { limit: 1_000 })).toHaveLength(151)
})
