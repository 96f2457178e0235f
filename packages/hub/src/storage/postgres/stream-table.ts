import type { LogPosition, StreamCreation, StreamHead, StreamKey } from '../driver.js'
import type { Session, Statement } from './session.js'

/** A stream as its row says. */
export interface StreamRow extends StreamHead {
  readonly number: number
}

/** The columns of a {@link StreamRow}, for `stream AS s`. */
const STREAM_COLUMNS = `s.id AS number, s.workspace, s.name AS stream, s.rule, s.rule_version AS "ruleVersion",
  s.epoch, s.head_seq AS "headSeq", s.floor_seq AS "floorSeq", s.truncated_seq AS "truncatedSeq"`

const FIND: Statement = {
  name: 'find_streams',
  text: `SELECT k.index - 1 AS index, ${STREAM_COLUMNS}
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k (workspace, name, index)
    JOIN stream s ON s.workspace = k.workspace COLLATE "C" AND s.name = k.name COLLATE "C"`,
}
const CREATE: Statement = {
  name: 'create_streams',
  text: `INSERT INTO stream (workspace, name, rule, rule_version, epoch)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::text[]) AS n (workspace, name)
    ORDER BY n.workspace COLLATE "C", n.name COLLATE "C"
    ON CONFLICT (workspace, name) DO NOTHING`,
}
/** Every transaction that locks several streams does it in this order, so that no two wait for each other. */
const LOCK: Statement = {
  name: 'lock_streams',
  text: `SELECT ${STREAM_COLUMNS} FROM stream s WHERE s.id = ANY ($1::bigint[]) ORDER BY s.id FOR NO KEY UPDATE`,
}
const LOCK_ONE: Statement = {
  name: 'lock_stream',
  text: `SELECT ${STREAM_COLUMNS} FROM stream s WHERE s.workspace = $1 AND s.name = $2 FOR UPDATE`,
}
const LIST: Statement = {
  name: 'list_streams',
  text: `SELECT ${STREAM_COLUMNS} FROM stream s WHERE s.workspace = $1 AND s.name > $2 ORDER BY s.name LIMIT $3`,
}
/** One step of the index for each workspace, however many streams it has. */
const LIST_WORKSPACES: Statement = {
  name: 'list_workspaces',
  text: `WITH RECURSIVE found (workspace) AS (
      (SELECT workspace FROM stream WHERE workspace > $1 ORDER BY workspace LIMIT 1)
      UNION ALL
      SELECT (SELECT s.workspace FROM stream s WHERE s.workspace > f.workspace ORDER BY s.workspace LIMIT 1)
      FROM found f WHERE f.workspace IS NOT NULL
    )
    SELECT workspace FROM found WHERE workspace IS NOT NULL LIMIT $2`,
}
const SET_EPOCH: Statement = { name: 'set_epoch', text: 'UPDATE stream SET epoch = $2 WHERE id = $1' }

/** The streams of these keys as stored, in the order given. */
export async function findStreams(
  session: Session,
  keys: readonly StreamKey[],
): Promise<(StreamRow | undefined)[]> {
  const rows = await session.query<StreamRow & { index: number }>(FIND, [
    keys.map(({ workspace }) => workspace),
    keys.map(({ stream }) => stream),
  ])
  const found = keys.map((): StreamRow | undefined => undefined)
  for (const { index, ...row } of rows) found[index] = row
  return found
}

/** Creates those that do not exist. */
export function createStreams(
  session: Session,
  creations: readonly StreamCreation[],
  epochs: readonly string[],
): Promise<unknown> {
  return session.query(CREATE, [
    creations.map(({ workspace }) => workspace),
    creations.map(({ stream }) => stream),
    creations.map(({ rule }) => rule),
    creations.map(({ ruleVersion }) => ruleVersion),
    epochs,
  ])
}

/** Locks streams until the transaction ends: nobody else appends to them. */
export function lockStreams(session: Session, numbers: readonly number[]): Promise<StreamRow[]> {
  return session.query(LOCK, [numbers])
}

/** Locks one stream against everything that writes. */
export async function lockStream(
  session: Session,
  { workspace, stream }: StreamKey,
): Promise<StreamRow | undefined> {
  const [row] = await session.query<StreamRow>(LOCK_ONE, [workspace, stream])
  return row
}

export function listStreams(
  session: Session,
  workspace: string,
  after: string,
  limit: number,
): Promise<StreamRow[]> {
  return session.query(LIST, [workspace, after, limit])
}

export async function listWorkspaces(session: Session, after: string, limit: number): Promise<string[]> {
  const rows = await session.query<{ workspace: string }>(LIST_WORKSPACES, [after, limit])
  return rows.map(({ workspace }) => workspace)
}

export function setEpoch(session: Session, number: number, epoch: string): Promise<unknown> {
  return session.query(SET_EPOCH, [number, epoch])
}

/** The row without what only the database knows it by. */
export function headOf({ number: _, ...head }: StreamRow): StreamHead {
  return head
}

export function positionOf({ epoch, headSeq, floorSeq, truncatedSeq }: StreamRow): LogPosition {
  return { epoch, headSeq, floorSeq, truncatedSeq }
}
