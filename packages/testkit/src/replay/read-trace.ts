import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { FlowSyncError } from '@flowsync/crdt'
import { CodePointConverter } from './code-points.js'
import { orderConcurrentSteps, type RecordedTransaction } from './concurrent-steps.js'
import type { Session, SessionEdit } from './session.js'

const unzip = promisify(gunzip)

/**
 * Reads a recorded editing session, gzipped or plain JSON, sequential or of two people at once.
 * @throws FlowSyncError `config/invalid` when the file is missing or is not such a session
 */
export async function readTrace(path: string): Promise<Session> {
  const name = basename(path).replace(/\.json(\.gz)?$/, '')
  return parseTrace(name, await readJson(path))
}

async function readJson(path: string): Promise<unknown> {
  try {
    const bytes = await readFile(path)
    const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b
    return JSON.parse((isZipped ? await unzip(bytes) : bytes).toString('utf8')) as unknown
  } catch (cause) {
    throw new FlowSyncError(
      'config/invalid',
      `Cannot read a recorded session from ${path}: ${String(cause)}`,
      { cause },
    )
  }
}

/**
 * Makes a session of a recording's JSON.
 * @throws FlowSyncError `config/invalid` when it has another form
 */
export function parseTrace(name: string, json: unknown): Session {
  const trace = asRecord(json)
  const endContent = trace['endContent']
  const transactions = trace['txns']
  if (typeof endContent !== 'string' || !Array.isArray(transactions))
    throw malformed('it has no endContent or no txns')

  if (trace['kind'] === 'concurrent') {
    const recorded = transactions.map(parseTransaction)
    return { kind: 'concurrent', name, endContent, steps: orderConcurrentSteps(recorded) }
  }

  const converter = new CodePointConverter()
  const edits: SessionEdit[] = []
  const { startContent = '' } = trace
  if (typeof startContent !== 'string') throw malformed('its startContent is no text')
  if (startContent !== '') edits.push(converter.convert(0, 0, startContent))
  for (const transaction of transactions) {
    for (const [position, deleted, inserted] of parsePatches(transaction)) {
      edits.push(converter.convert(position, deleted, inserted))
    }
  }
  return { kind: 'sequential', name, edits, endContent }
}

function parseTransaction(json: unknown): RecordedTransaction {
  const { agent, parents } = asRecord(json)
  if (
    typeof agent !== 'number' ||
    !Array.isArray(parents) ||
    !parents.every((parent) => typeof parent === 'number')
  ) {
    throw malformed('a transaction has no agent or no parents')
  }
  return { agent, parents, patches: parsePatches(json) }
}

function parsePatches(transaction: unknown): [position: number, deleted: number, inserted: string][] {
  const { patches } = asRecord(transaction)
  if (!Array.isArray(patches)) throw malformed('a transaction has no patches')
  return patches.map((patch: unknown) => {
    if (!Array.isArray(patch)) throw malformed('a patch is no list')
    const [position, deleted, inserted] = patch as unknown[]
    if (typeof position !== 'number' || typeof deleted !== 'number' || typeof inserted !== 'string') {
      throw malformed('a patch is not [position, deleted, inserted]')
    }
    return [position, deleted, inserted]
  })
}

function asRecord(json: unknown): Record<string, unknown> {
  if (typeof json !== 'object' || json === null) throw malformed('an object is missing')
  return json as Record<string, unknown>
}

function malformed(what: string): FlowSyncError {
  return new FlowSyncError('config/invalid', `This is not a recorded editing session: ${what}.`)
}
