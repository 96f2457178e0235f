import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { StreamCreation, StreamHead, StreamKey } from '../driver.js'

/** A stream as its row says; where its log ends, the log says. */
export interface StreamRow extends Omit<StreamHead, 'headSeq'> {
  readonly number: number
}

const COLUMNS = `id AS number, workspace, name AS stream, rule, rule_version AS ruleVersion, epoch,
  floor_seq AS floorSeq, truncated_seq AS truncatedSeq`

/** The streams of all workspaces. */
export class StreamTable {
  private readonly insert: StatementSync
  private readonly insertAs: StatementSync
  private readonly select: StatementSync
  private readonly selectPage: StatementSync
  private readonly selectWorkspace: StatementSync
  private readonly updateEpoch: StatementSync
  private readonly updateFloor: StatementSync
  private readonly updateTruncated: StatementSync
  private readonly updateEpochs: StatementSync

  constructor(db: DatabaseSync) {
    const insertInto = 'INSERT INTO stream (workspace, name, rule, rule_version, epoch'
    this.insert = db.prepare(`${insertInto}) VALUES (?, ?, ?, ?, ?)`)
    this.insertAs = db.prepare(`${insertInto}, floor_seq, truncated_seq) VALUES (?, ?, ?, ?, ?, ?, ?)`)
    this.select = db.prepare(`SELECT ${COLUMNS} FROM stream WHERE workspace = ? AND name = ?`)
    this.selectPage = db.prepare(
      `SELECT ${COLUMNS} FROM stream WHERE workspace = ? AND name > ? ORDER BY name LIMIT ?`,
    )
    this.selectWorkspace = db.prepare('SELECT min(workspace) AS workspace FROM stream WHERE workspace > ?')
    this.updateEpoch = db.prepare('UPDATE stream SET epoch = ? WHERE id = ?')
    this.updateFloor = db.prepare('UPDATE stream SET floor_seq = ? WHERE id = ?')
    this.updateTruncated = db.prepare(
      'UPDATE stream SET epoch = ?1, floor_seq = ?2, truncated_seq = ?2 WHERE id = ?3',
    )
    this.updateEpochs = db.prepare('UPDATE stream SET epoch = lower(hex(randomblob(8)))')
  }

  create({ workspace, stream, rule, ruleVersion }: StreamCreation, epoch: string): void {
    this.insert.run(workspace, stream, rule, ruleVersion, epoch)
  }

  /** Creates a stream with the floor and the truncation that it had elsewhere. */
  createAs({ workspace, stream, rule, ruleVersion, epoch, floorSeq, truncatedSeq }: StreamHead): void {
    this.insertAs.run(workspace, stream, rule, ruleVersion, epoch, floorSeq, truncatedSeq)
  }

  find({ workspace, stream }: StreamKey): StreamRow | undefined {
    return this.select.get(workspace, stream) as unknown as StreamRow | undefined
  }

  list(workspace: string, after: string, limit: number): StreamRow[] {
    return this.selectPage.all(workspace, after, limit) as unknown as StreamRow[]
  }

  /** One look into the index for each: a workspace may hold a million streams. */
  workspaces(after: string, limit: number): string[] {
    const found: string[] = []
    let last = after
    while (found.length < limit) {
      const { workspace } = this.selectWorkspace.get(last) as { workspace: string | null }
      if (workspace === null) break
      found.push(workspace)
      last = workspace
    }
    return found
  }

  setEpoch(number: number, epoch: string): void {
    this.updateEpoch.run(epoch, number)
  }

  setFloor(number: number, floorSeq: number): void {
    this.updateFloor.run(floorSeq, number)
  }

  setTruncated(number: number, epoch: string, truncatedSeq: number): void {
    this.updateTruncated.run(epoch, truncatedSeq, number)
  }

  /** Gives every stream a random epoch. */
  renewEpochs(): void {
    this.updateEpochs.run()
  }
}
