import { ByteReader, ByteWriter } from '@flowsync/crdt'
import type { ClientOptions, RawClient } from '../client.js'
import { FrameMemo } from '../frame-memo.js'
import { readSyncMessage, SYNC_STEP_1, SYNC_STEP_2, syncMessage, UPDATE } from '../yjs-updates.js'
import { editsMeaning, YjsClient, type YjsMeaning } from './yjs-client.js'

const SYNC = 0
const AUTH = 2
const SYNC_STATUS = 8
const AUTH_TOKEN = 0
const AUTHENTICATED = 2
/** The version of the provider whose messages these are. */
const PROVIDER_VERSION = '4.8.0'

const memo = new FrameMemo<YjsMeaning>()

/** Opens a connection to a Hocuspocus server, and greets as its provider does. */
export function open(options: ClientOptions): RawClient {
  const { document } = options
  const sync = (writer: ByteWriter): void => {
    writer.string(document)
    writer.varint(SYNC)
  }
  return new YjsClient(options, {
    path: '/',
    greeting: greeting(document),
    question: (stateVector) => syncMessage(sync, SYNC_STEP_1, stateVector),
    isAsked: 'when authenticated',
    update: (bytes) => syncMessage(sync, UPDATE, bytes),
    read: (bytes) => memo.read(bytes, meaningOf, ({ kind }) => kind === 'edits' || kind === 'state'),
    acknowledges: true,
  })
}

function greeting(document: string): Uint8Array {
  const writer = new ByteWriter()
  writer.string(document)
  writer.varint(AUTH)
  writer.varint(AUTH_TOKEN)
  writer.string('bench')
  writer.string(PROVIDER_VERSION)
  return writer.finish()
}

function meaningOf(bytes: Buffer): YjsMeaning {
  const reader = new ByteReader(new Uint8Array(bytes))
  reader.string()
  switch (reader.varint()) {
    case AUTH:
      if (reader.varint() !== AUTHENTICATED) throw new Error('the token was refused')
      return { kind: 'authenticated' }
    case SYNC_STATUS:
      if (reader.varint() !== 1) throw new Error('an update was refused')
      return { kind: 'acknowledged' }
    case SYNC: {
      const message = readSyncMessage(reader)
      if (message.kind === UPDATE) return editsMeaning(message.bytes)
      return message.kind === SYNC_STEP_2 ? { kind: 'state', update: message.bytes } : { kind: 'other' }
    }
    default:
      return { kind: 'other' }
  }
}
