import { ByteReader, type ByteWriter } from '@flowsync/crdt'
import type { ClientOptions, RawClient } from '../client.js'
import { FrameMemo } from '../frame-memo.js'
import { readSyncMessage, SYNC_STEP_1, SYNC_STEP_2, syncMessage, UPDATE } from '../yjs-updates.js'
import { editsMeaning, YjsClient, type YjsMeaning } from './yjs-client.js'

const SYNC = 0
const AWARENESS_QUESTION = 3

const memo = new FrameMemo<YjsMeaning>()

/** Opens a connection to a y-websocket server. */
export function open(options: ClientOptions): RawClient {
  const sync = (writer: ByteWriter): void => writer.varint(SYNC)
  return new YjsClient(options, {
    path: `/${options.document}`,
    greeting: Uint8Array.of(AWARENESS_QUESTION),
    question: (stateVector) => syncMessage(sync, SYNC_STEP_1, stateVector),
    isAsked: 'at once',
    update: (bytes) => syncMessage(sync, UPDATE, bytes),
    read: (bytes) => memo.read(bytes, meaningOf, ({ kind }) => kind === 'edits' || kind === 'state'),
    acknowledges: false,
  })
}

function meaningOf(bytes: Buffer): YjsMeaning {
  const reader = new ByteReader(new Uint8Array(bytes))
  if (reader.varint() !== SYNC) return { kind: 'other' }
  const message = readSyncMessage(reader)
  if (message.kind === UPDATE) return editsMeaning(message.bytes)
  return message.kind === SYNC_STEP_2 ? { kind: 'state', update: message.bytes } : { kind: 'other' }
}
