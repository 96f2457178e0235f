import { createSystem } from '@flowsync/protocol'
import pg from 'pg'
import { afterEach, expect, it } from 'vitest'
import { createSchema } from '../../tests/postgres-schema.js'
import { targetOf } from './options.js'
import { Session } from './session.js'

const schema = createSchema()

afterEach(() => schema.drop())

it('gives up a connection on which no transaction can be begun: its statements would be stored one by one', async () => {
  await schema.run(
    `CREATE SCHEMA ${schema.target.schema}; CREATE TABLE ${schema.target.schema}.t (n integer)`,
  )
  const session = await Session.connect(pg, targetOf(schema.target), createSystem())
  await session.query(`SET search_path = ${schema.target.schema}`)
  await session.begin()
  await expect(session.query('SELECT 1 / 0')).rejects.toThrow()
  let hasTried = false
  const trying = session.transact(async () => {
    await session.query('INSERT INTO t VALUES (1)').catch(() => undefined)
    await session.query('INSERT INTO t VALUES (2)').catch(() => undefined)
    await session.query('INSERT INTO t VALUES (3)').catch(() => undefined)
    hasTried = true
  })
  await expect(trying).rejects.toThrow()
  await expect.poll(() => hasTried).toBe(true)
  expect(await schema.run('SELECT n FROM t')).toEqual([])
  expect(session.isBroken).toBe(true)
})
