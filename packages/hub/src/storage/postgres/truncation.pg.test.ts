import { afterEach, expect, it } from 'vitest'
import { append, opAt } from '../../tests/sqlite-files.js'
import { createSchema } from '../../tests/postgres-schema.js'
import { postgres } from './postgres.js'

const schema = createSchema()
const driver = postgres({ ...schema.target, timeoutMs: 300 })

afterEach(async () => {
  await driver.close()
  await schema.drop()
})

it('may take longer to remove a log than statements otherwise have', async () => {
  await driver.open()
  const key = { workspace: 'default', stream: 'note:a' }
  const head = await driver.openStream({ ...key, rule: 'register', ruleVersion: 1 })
  await append(driver, head, [opAt(1)])
  await driver.putSnapshot(key, { epoch: head.epoch, seq: 1, state: new Uint8Array([1]) })
  // The server takes a second for every row.
  await schema.run(`CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_sleep(1); RETURN OLD; END';
    CREATE TRIGGER linger BEFORE DELETE ON log FOR EACH ROW EXECUTE FUNCTION linger()`)
  const truncated = await driver.truncate(key, head.epoch, 1)
  expect(truncated).toMatchObject({ headSeq: 1, truncatedSeq: 1 })
  expect(truncated?.epoch).not.toBe(head.epoch)
})
