import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSchema, type TestSchema } from '../../tests/postgres-schema.js'
import type { LogDriver } from '../driver.js'
import type { PostgresOptions } from './options.js'
import { postgres } from './postgres.js'

const creation = { workspace: 'acme', stream: 'doc:a', rule: 'text', ruleVersion: 1 }
const replica = 'a'.repeat(32) as never
const opAt = (counter: number) => ({
  replica,
  counter,
  count: 1,
  base: 0,
  extra: [],
  body: new Uint8Array(3),
})

let schema: TestSchema
const opened: LogDriver[] = []

beforeEach(() => {
  schema = createSchema()
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((driver) => driver.close()))
  await schema.drop()
})

function driverOf(options: Partial<PostgresOptions> = {}): LogDriver {
  const driver = postgres({ ...schema.target, ...options })
  opened.push(driver)
  return driver
}

const withUrl = (change: (url: URL) => void): string => {
  const url = new URL(schema.target.connectionString)
  change(url)
  return url.href
}

describe('opening a postgres log', () => {
  it('creates its tables once when five hubs start at the same time', async () => {
    const drivers = Array.from({ length: 5 }, () => driverOf())
    const openings = await Promise.all(drivers.map((driver) => driver.open()))
    expect(openings.map(({ wasRestored }) => wasRestored)).toEqual([false, false, false, false, false])
    const heads = await Promise.all(drivers.map((driver) => driver.openStream(creation)))
    expect(new Set(heads.map(({ epoch }) => epoch)).size).toBe(1)
    expect(await schema.run("SELECT value FROM meta WHERE key = 'version'")).toEqual([{ value: '1' }])
  })

  it('refuses a schema of a newer version and leaves it as it is', async () => {
    await driverOf().open()
    await schema.run("UPDATE meta SET value = '99' WHERE key = 'version'")
    await expect(driverOf().open()).rejects.toMatchObject({
      code: 'config/invalid',
      message: expect.stringContaining('newer FlowSync (version 99'),
    })
    expect(await schema.run("SELECT value FROM meta WHERE key = 'version'")).toEqual([{ value: '99' }])
  })

  it('refuses a schema with tables of another program, and creates nothing there', async () => {
    await schema.run(`CREATE SCHEMA ${schema.target.schema}; CREATE TABLE log (line text)`)
    await expect(driverOf().open()).rejects.toMatchObject({
      code: 'config/invalid',
      message: expect.stringContaining('another program'),
    })
    const tables = `SELECT tablename FROM pg_tables WHERE schemaname = '${schema.target.schema}'`
    expect(await schema.run(tables)).toEqual([{ tablename: 'log' }])
  })

  it('says what is wrong with a database that does not exist', async () => {
    const connectionString = withUrl((url) => (url.pathname = '/flowsync_nowhere'))
    await expect(driverOf({ connectionString }).open()).rejects.toMatchObject({
      code: 'config/invalid',
      message: expect.stringContaining('/flowsync_nowhere has no such database. Create it'),
    })
  })

  it('says that nobody answers, without the password', async () => {
    const connectionString = 'postgres://ada:hunter2@127.0.0.1:1/test'
    const error: unknown = await driverOf({ connectionString })
      .open()
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'storage/unavailable', retryable: true })
    expect(JSON.stringify([error, String(error), (error as Error).cause])).not.toContain('hunter2')
  })

  it('tells of a database that takes no writes', async () => {
    await driverOf().open()
    const connectionString = withUrl((url) =>
      url.searchParams.set('options', '-c default_transaction_read_only=on'),
    )
    const reader = driverOf({ connectionString })
    await reader.open()
    await expect(reader.openStream(creation)).rejects.toMatchObject({ code: 'storage/read-only' })
    expect(await reader.findStream(creation)).toBeUndefined()
  })

  it('begins new epochs once when the tables were loaded from a dump', async () => {
    const former = driverOf()
    await former.open()
    const { epoch } = await former.openStream(creation)
    await former.append([{ ...creation, epoch, subject: 'ada', ops: [opAt(1)] }])
    await former.close()
    await schema.run(`
      CREATE TABLE loaded (LIKE log INCLUDING ALL); INSERT INTO loaded SELECT * FROM log;
      DROP TABLE log; ALTER TABLE loaded RENAME TO log`)

    const [one, two] = [driverOf(), driverOf()]
    const openings = await Promise.all([one.open(), two.open()])
    expect(openings.map(({ wasRestored }) => wasRestored).sort()).toEqual([false, true])
    const head = await one.findStream(creation)
    expect(head?.headSeq).toBe(1)
    expect(head?.epoch).toMatch(/^[0-9a-f]{16}$/)
    expect(head?.epoch).not.toBe(epoch)
    expect(await two.findStream(creation)).toEqual(head)
    expect((await driverOf().open()).wasRestored).toBe(false)
  })

  it('begins new epochs when another cluster, or another timeline of it, answers', async () => {
    const driver = driverOf()
    await driver.open()
    const { epoch } = await driver.openStream(creation)
    await schema.run("UPDATE meta SET value = '1/00000001/1' WHERE key = 'identity'")
    expect((await driverOf().open()).wasRestored).toBe(true)
    // A hub that was connected all the while finds the new epoch under the lock.
    const [outcome] = await driver.append([{ ...creation, epoch, subject: 'ada', ops: [opAt(1)] }])
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'stream/epoch-changed' } })
  })

  it('opens without the right to create anything, where everything is there', async () => {
    const { schema: name } = schema.target
    await driverOf().open()
    const role = `${name}_role`
    await schema.run(`CREATE ROLE ${role} LOGIN; GRANT USAGE ON SCHEMA ${name} TO ${role};
      GRANT ALL ON ALL TABLES IN SCHEMA ${name} TO ${role}; GRANT ALL ON ALL SEQUENCES IN SCHEMA ${name} TO ${role}`)
    try {
      const driver = driverOf({ connectionString: withUrl((url) => (url.username = role)) })
      await driver.open()
      const { epoch } = await driver.openStream(creation)
      const [outcome] = await driver.append([{ ...creation, epoch, subject: 'ada', ops: [opAt(1)] }])
      expect(outcome).toMatchObject({ kind: 'ok', seqs: [1] })
    } finally {
      await schema.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    }
  })

  it('stores a subject that no text of PostgreSQL could hold', async () => {
    const driver = driverOf()
    await driver.open()
    const { epoch } = await driver.openStream(creation)
    const subject = 'nul\0 and \u{1F600}'
    const [outcome] = await driver.append([{ ...creation, epoch, subject, ops: [opAt(1)] }])
    expect(outcome).toMatchObject({ kind: 'ok' })
    expect(await driver.replicasOf(creation, { limit: 10 })).toMatchObject([{ replica, subject }])
    expect(await driver.findSeq(creation, { replica, counter: 1 }, subject)).toBe(1)
  })
})
