import type { OpId, ReplicaId } from '../op.js'
import type { TextDelta } from '../text-delta.js'
import { fitRange } from './graph-reference.js'
import type { EditStep } from './graph-steps.js'
import type { GraphDocument, GraphSubject } from './graph-subject.js'

interface Forgery {
  readonly bytes: Uint8Array
  readonly patches: readonly TextDelta[]
  readonly calls: readonly string[]
}

/**
 * Makes ops that claim to follow `parents` and fit another text than the one of that version: they are
 * made on a document where ops of the same names have typed something long. Needs no knowledge of bytes.
 */
export function forge<Document extends GraphDocument>(
  subject: GraphSubject<Document>,
  parents: readonly OpId[],
  replica: ReplicaId,
  edits: readonly EditStep[],
  emoji: boolean,
): Forgery {
  const document = subject.create(replica)
  const calls = [`forged = new TextDocument('${replica}')`]
  for (const { replica: author, counter } of parents) {
    const other = subject.create(author)
    const text = emoji ? '😀'.repeat(counter >> 1) + 'z'.repeat(counter % 2) : 'z'.repeat(counter)
    other.insert(0, text)
    calls.push(
      `o = new TextDocument('${author}'); o.insert(0, ${JSON.stringify(text)}); forged.merge(o.encodeSince([]))`,
    )
    document.merge(other.encodeSince([]))
  }

  const patches: TextDelta[] = []
  let caret = 0
  for (const { at, remove, insert, stay } of edits) {
    const { value } = document
    const position = typeof at === 'number' ? at % (value.length + 1) : Math.min(caret, value.length)
    const [from, to] = fitRange({ position, deleteCount: remove }, value)
    // What is deleted and what takes its place are made to fit one after the other.
    if (from < to) patches.push({ position: from, deleteCount: to - from, insert: '' })
    if (insert !== '') patches.push({ position: from, deleteCount: 0, insert })
    document.replace(position, remove, insert)
    calls.push(`forged.replace(${position}, ${remove}, ${JSON.stringify(insert)})`)
    caret = stay ? from : from + insert.length
  }
  return { bytes: document.encodeSince(parents), patches, calls }
}
