import type { Peer } from '../peer.js'

/**
 * How long it takes until a new process has imported a library and made the first edit, in milliseconds.
 * Nothing of what the library needs may have been imported before.
 */
export async function firstEdit(load: () => Promise<{ readonly peer: Peer }>): Promise<number> {
  const startedAt = performance.now()
  const { text } = (await load()).peer
  if (!text) throw new Error('has no text')
  const doc = text.create({ hex: '5b3c9e10d2a7468f9b1e6c7d8a905f42', number: 1_530_633_744 })
  text.edit(doc, { position: 0, deleteCount: 0, insert: 'Hello' })
  const result = text.text(doc)
  const ms = performance.now() - startedAt
  if (result !== 'Hello') throw new Error(`wrong text: ${result}`)
  return ms
}
