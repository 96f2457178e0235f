import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { append, author, opAt, SqliteFiles } from '../../tests/sqlite-files.js'
import { rowsOf } from '../log-rows.js'

/** What schema 1 was created with, as it was released. */
const SCHEMA_1 = `
  CREATE TABLE stream (
    id INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    name TEXT NOT NULL,
    rule TEXT NOT NULL,
    rule_version INTEGER NOT NULL,
    epoch TEXT NOT NULL,
    UNIQUE (workspace, name)
  ) STRICT;
  CREATE TABLE replica (
    id INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    hex TEXT NOT NULL,
    subject TEXT NOT NULL,
    UNIQUE (workspace, hex)
  ) STRICT;
  CREATE TABLE log (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    first INTEGER NOT NULL,
    ops BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX log_by_stream ON log (stream, first);
  CREATE TABLE mark (
    stream INTEGER NOT NULL,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (stream, replica, counter)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE snapshot (
    stream INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (stream, seq)
  ) STRICT;
  PRAGMA application_id = 0x4653594e;
  PRAGMA user_version = 1;
`

const head = { workspace: 'acme', stream: 'doc:a', rule: 'text', ruleVersion: 1, epoch: '0011223344556677' }
const ops = Array.from({ length: 5 }, (_, index) => ({ ...opAt(index + 1), seq: index + 1 }))

let files: SqliteFiles
beforeEach(() => {
  files = new SqliteFiles()
})
afterEach(() => files.remove())

/** A file as a hub with schema 1 left it, with one stream of five ops. */
function writeSchema1(more = ''): void {
  const db = new DatabaseSync(files.path())
  db.exec('PRAGMA journal_mode = WAL')
  db.exec(SCHEMA_1)
  db.exec(more)
  db.prepare('INSERT INTO stream VALUES (1, ?, ?, ?, ?, ?)').run(
    head.workspace,
    head.stream,
    head.rule,
    head.ruleVersion,
    head.epoch,
  )
  db.prepare('INSERT INTO replica VALUES (1, ?, ?, ?)').run(head.workspace, author, 'alice')
  for (const row of rowsOf(ops, () => 1)) {
    db.prepare('INSERT INTO log (stream, first, ops) VALUES (1, ?, ?)').run(row.first, row.ops)
  }
  db.exec("INSERT INTO mark VALUES (1, 1, 1, 1); INSERT INTO snapshot VALUES (1, 3, x'0102')")
  db.close()
}

function versionOf(): unknown {
  const db = new DatabaseSync(files.path())
  const version = db.prepare('PRAGMA user_version').get()
  const columns = db.prepare(
    "SELECT count(*) AS floors FROM pragma_table_info('stream') WHERE name = 'floor_seq'",
  )
  const { floors } = columns.get() ?? {}
  db.close()
  return { ...version, floors }
}

describe('a file of schema 1', { timeout: 30_000 }, () => {
  it('is brought up to date when it is opened, and goes on as it was', async () => {
    writeSchema1()
    const driver = files.driver()
    expect(await driver.open()).toEqual({ wasRestored: false })
    const whole = { ...head, headSeq: 5, floorSeq: 0, truncatedSeq: 0 }
    expect(await driver.findStream(head)).toEqual(whole)
    expect((await driver.read({ ...head, afterSeq: 0, limitBytes: 9_999 }))?.ops).toEqual(ops)
    expect(await append(driver, head, [opAt(4), opAt(6)])).toMatchObject({ seqs: [4, 6] })
    expect(await driver.latestSnapshot(head)).toMatchObject({ seq: 3 })
    expect(await driver.compact(head, head.epoch, 6)).toEqual({ ...whole, headSeq: 6, floorSeq: 3 })
    expect((await driver.read({ ...head, afterSeq: 0, limitBytes: 9_999 }))?.ops.slice(0, 5)).toEqual(ops)
    await driver.close()
    expect(versionOf()).toEqual({ user_version: 2, floors: 1 })
    expect(await (await files.open()).findStream(head)).toMatchObject({ floorSeq: 3, headSeq: 6 })
  })

  it('is left as it was when it cannot be brought up to date', async () => {
    writeSchema1('CREATE TABLE kept_counter (somebody_elses TEXT)')
    await expect(files.open()).rejects.toMatchObject({ message: expect.stringContaining('kept_counter') })
    expect(versionOf()).toEqual({ user_version: 1, floors: 0 })
  })
})
