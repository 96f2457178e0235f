import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import { rowsOf } from '../log-rows.js'
import type { LoadedStream } from './loaded-stream.js'
import { markMember } from './mark-member.js'
import { asBuffer } from './replies.js'
import { formatPlace } from './replica-place.js'
import type { ReplicaNumbers } from './replica-numbers.js'

/** What one append brings to a stream. */
export interface AppendPart {
  readonly stream: LoadedStream
  /** Replicas that it binds, with their subjects. */
  readonly bindings: Map<ReplicaId, string>
  readonly marks: { readonly number: number; readonly op: SequencedOp }[]
}

/** The part as the append script takes it. */
export function partArguments(
  { stream, bindings, marks }: AppendPart,
  replicas: ReplicaNumbers,
  wantsTurn: boolean,
): (string | Buffer)[] {
  const { epoch, committedHeadSeq, truncatedSeq, workspace, staged } = stream
  const numberOf = (replica: ReplicaId): number => replicas.get(workspace, replica)?.number ?? 0
  const args: (string | Buffer)[] = [
    epoch,
    String(committedHeadSeq),
    String(truncatedSeq),
    wantsTurn ? '1' : '0',
  ]
  args.push(String(bindings.size))
  for (const [replica, subject] of bindings) {
    args.push(Buffer.from(replica, 'hex'), String(numberOf(replica)), subject)
  }
  const rows = rowsOf(staged, numberOf)
  args.push(String(stream.headSeq), String(rows.length))
  for (const { first, ops } of rows) args.push(`${first}-0`, asBuffer(ops))
  const authors = new Set(staged.map(({ replica }) => replica))
  args.push(String(authors.size))
  for (const replica of authors) args.push(String(numberOf(replica)), placeText(stream, replica))
  args.push(String(marks.length))
  for (const { number, op } of marks) args.push('0', markMember(number, op))
  return [String(args.length + 1), ...args]
}

function placeText(stream: LoadedStream, replica: ReplicaId): string {
  const place = stream.places.get(replica) ?? { nextCounter: 1, markSeq: 0, opsSinceMark: 0 }
  return formatPlace({ ...place, truncatedCounter: stream.truncatedCounters.get(replica) ?? 1 })
}
