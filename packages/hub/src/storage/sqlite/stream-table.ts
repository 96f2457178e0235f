import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { StreamCreation, StreamKey } from '../driver.js'

/** A stream as its row says; where its log ends, the log says. */
export interface StreamRow extends StreamCreation {
  readonly number: number
  readonly epoch: string
}

const COLUMNS = 'id AS number, workspace, name AS stream, rule, rule_version AS ruleVersion, epoch'

/** The streams of all workspaces. */
export class StreamTable {
  private readonly insert: StatementSync
  private readonly select: StatementSync
  private readonly selectPage: StatementSync
  private readonly updateEpoch: StatementSync

  constructor(db: DatabaseSync) {
    this.insert = db.prepare(
      'INSERT INTO stream (workspace, name, rule, rule_version, epoch) VALUES (?, ?, ?, ?, ?)',
    )
    this.select = db.prepare(`SELECT ${COLUMNS} FROM stream WHERE workspace = ? AND name = ?`)
    this.selectPage = db.prepare(
      `SELECT ${COLUMNS} FROM stream WHERE workspace = ? AND name > ? ORDER BY name LIMIT ?`,
    )
    this.updateEpoch = db.prepare('UPDATE stream SET epoch = ? WHERE id = ?')
  }

  create({ workspace, stream, rule, ruleVersion }: StreamCreation, epoch: string): void {
    this.insert.run(workspace, stream, rule, ruleVersion, epoch)
  }

  find({ workspace, stream }: StreamKey): StreamRow | undefined {
    return this.select.get(workspace, stream) as unknown as StreamRow | undefined
  }

  list(workspace: string, after: string, limit: number): StreamRow[] {
    return this.selectPage.all(workspace, after, limit) as unknown as StreamRow[]
  }

  setEpoch(number: number, epoch: string): void {
    this.updateEpoch.run(epoch, number)
  }
}
