import { openFullClient } from './full-client.js'
import type { Joined } from './joiner-process.js'
import type { PeerName } from './peers.js'
import { within } from './settle.js'

const JOIN_MS = 60_000

/** Joins a document as a client that has nothing, and takes the time until its text is read. */
export async function joinDocument(peer: PeerName, url: string, document: string): Promise<Joined> {
  const startedAt = performance.now()
  const client = openFullClient(peer, url, document)
  await within('joining', JOIN_MS, client.joined)
  const text = client.text()
  const ms = performance.now() - startedAt
  await client.close()
  return { ms, text }
}
