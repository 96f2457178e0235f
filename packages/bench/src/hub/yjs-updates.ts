import { ByteReader, ByteWriter } from '@flowsync/crdt'
import type { SessionEdit } from '@flowsync/testkit/sessions'
import * as Y from 'yjs'

/** The name of the shared text in documents of Yjs. */
export const TEXT_NAME = 't'
/** What an update holds that brings nothing. */
const EMPTY_UPDATE_BYTES = 2
const HAS_ORIGIN = 0x80
const CONTENT_STRING = 4

/** The update of an author's edit: one character at the end of what it has typed so far. */
export function appendUpdate(author: number, number: number): Uint8Array {
  const writer = new ByteWriter(32)
  writer.varint(1)
  writer.varint(1)
  writer.varint(author)
  writer.varint(number - 1)
  if (number > 1) {
    writer.u8(HAS_ORIGIN | CONTENT_STRING)
    writer.varint(author)
    writer.varint(number - 2)
  } else {
    writer.u8(CONTENT_STRING)
    writer.varint(1)
    writer.string(TEXT_NAME)
  }
  writer.string('x')
  writer.varint(0)
  return writer.finish()
}

/** The numbers of the edits that an update brings, of its one author; undefined when it brings none. */
export function editsOf(
  update: Uint8Array,
): { readonly first: number; readonly through: number } | undefined {
  if (update.length <= EMPTY_UPDATE_BYTES) return undefined
  const { from, to } = Y.parseUpdateMeta(update)
  if (from.size !== 1) throw new Error(`an update of ${from.size} authors`)
  const [[author, first] = [0, 0]] = from
  return { first: first + 1, through: to.get(author) ?? 0 }
}

/** A session as one update. */
export function sessionUpdate(edits: readonly SessionEdit[], author: number): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = author
  const text = doc.getText(TEXT_NAME)
  for (const { position, deleteCount, insert } of edits) {
    if (deleteCount > 0) text.delete(position, deleteCount)
    if (insert !== '') text.insert(position, insert)
  }
  return Y.encodeStateAsUpdate(doc)
}

/** The text of a document that is one update. */
export function textOfUpdate(update: Uint8Array): string {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update)
  return doc.getText(TEXT_NAME).toJSON()
}

/** Kinds of messages of the sync protocol of Yjs. */
export const SYNC_STEP_1 = 0
export const SYNC_STEP_2 = 1
export const UPDATE = 2

/** A sync message behind what its protocol puts in front. */
export function syncMessage(
  prefix: (writer: ByteWriter) => void,
  kind: number,
  bytes: Uint8Array,
): Uint8Array {
  const writer = new ByteWriter(bytes.length + 64)
  prefix(writer)
  writer.varint(kind)
  writer.bytes(bytes)
  return writer.view()
}

/** The kind and the content of a sync message. */
export function readSyncMessage(reader: ByteReader): { readonly kind: number; readonly bytes: Uint8Array } {
  const kind = reader.varint()
  return { kind, bytes: reader.bytes() }
}
