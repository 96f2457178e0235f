import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import type { Snapshot, StreamRestore } from '../driver.js'
import { keptSnapshots } from '../kept-snapshots.js'
import { rowsOf } from '../log-rows.js'
import { noteOp } from '../marks.js'
import { streamExists } from '../plan-append.js'
import { planRestore } from '../plan-restore.js'
import { encodeSegment, segmentLength } from '../segment.js'
import { replicasIn } from './compaction.js'
import type { LoadedStream } from './loaded-stream.js'
import { markMember } from './mark-member.js'
import { listSnapshots } from './read-scripts.js'
import { asBuffer, type HeadReply } from './replies.js'
import { formatPlace, type StoredPlace } from './replica-place.js'
import type { Binding } from './replica-numbers.js'
import type { StoreParts } from './store-parts.js'
import { restore } from './stream-scripts.js'

type Argument = string | Buffer
type Bindings = ReadonlyMap<ReplicaId, Binding>
/** Arguments of one kind, and how many things they describe. */
type Listed = readonly [count: number, args: readonly Argument[]]

/** See `LogDriver.restore`: works the part out here; the script stores it if the stream stands where it stood. */
export async function restorePart(parts: StoreParts, part: StreamRestore): Promise<void> {
  const { link, keys, loader, replicas } = parts
  const { head, ops } = part
  const { workspace, stream } = head
  const names = part.replicas.map(({ replica }) => replica)
  const found = await loader.look(head, replicasIn(ops))
  const isNew = planRestore(found?.head, part) === 'create'
  const named = [...new Set([...(isNew ? names : []), ...replicasIn(ops)])]
  const bindings = await (isNew ? replicas.reserve(workspace, named) : replicas.find(workspace, named))
  const places = isNew ? placesOf(part) : placesNow(found, ops)
  const marks = markedIn(ops, places, bindings)
  const lists: readonly Listed[] = [
    isNew ? boundIn(part, bindings) : [0, []],
    rowsAbove(part, bindings),
    segmentsBelow(part, bindings),
    listOf([...places], ([replica, place]) => [numberIn(bindings, replica), formatPlace(place)]),
    marks,
    listOf(await wantedSnapshots(parts, part), ({ seq, state }) => [String(seq), asBuffer(state)]),
  ]
  const s = keys.stream(head)
  const w = keys.workspace(workspace)
  const answer = await link.run(
    restore,
    [
      s.head,
      s.log,
      s.segments,
      s.marks,
      s.places,
      s.snapshots,
      w.replicas,
      w.numbers,
      w.streams,
      keys.workspaces,
    ],
    [
      isNew ? '' : String(found?.head.headSeq),
      head.epoch,
      head.rule,
      ...[head.ruleVersion, head.floorSeq, head.truncatedSeq, ops.at(-1)?.seq ?? head.truncatedSeq].map(
        String,
      ),
      stream,
      workspace,
      ...lists.flatMap(([count, args]) => [String(count), ...args]),
    ],
  )
  loader.forget(head)
  if (answer !== 1) throw streamExists(stream)
}

function listOf<T>(things: readonly T[], describe: (thing: T) => readonly Argument[]): Listed {
  return [things.length, things.flatMap(describe)]
}

function numberIn(bindings: Bindings, replica: ReplicaId): string {
  return String(bindings.get(replica)?.number ?? 0)
}

/** Who owns a replica already keeps it. */
function boundIn({ replicas }: StreamRestore, bindings: Bindings): Listed {
  return listOf(replicas, ({ replica, subject }) => [
    Buffer.from(replica, 'hex'),
    numberIn(bindings, replica),
    bindings.get(replica)?.subject || subject,
  ])
}

function placesOf({ replicas }: StreamRestore): Map<ReplicaId, StoredPlace> {
  return new Map(
    replicas.map(({ replica, nextCounter, truncatedCounter }) => {
      return [replica, { nextCounter, truncatedCounter, markSeq: 0, opsSinceMark: 0 }]
    }),
  )
}

function placesNow(
  stream: LoadedStream | undefined,
  ops: readonly SequencedOp[],
): Map<ReplicaId, StoredPlace> {
  const places = new Map<ReplicaId, StoredPlace>()
  for (const { replica } of ops) {
    const place = stream?.places.get(replica)
    if (!place) continue
    places.set(replica, { ...place, truncatedCounter: stream?.truncatedCounters.get(replica) ?? 1 })
  }
  return places
}

/** Notes the ops in the places of their authors, which thereby move on. */
function markedIn(
  ops: readonly SequencedOp[],
  places: Map<ReplicaId, StoredPlace>,
  bindings: Bindings,
): Listed {
  const marks: Buffer[] = []
  for (const op of ops) {
    const { replica, counter, count } = op
    const number = bindings.get(replica)?.number ?? 0
    const before = places.get(replica) ?? { nextCounter: 1, truncatedCounter: 1, markSeq: 0, opsSinceMark: 0 }
    const place = { ...before, number, nextCounter: Math.max(before.nextCounter, counter + count) }
    if (noteOp(place, op)) marks.push(markMember(number, op))
    places.set(replica, place)
  }
  return listOf(marks, (mark) => ['0', mark])
}

function rowsAbove({ head, ops }: StreamRestore, bindings: Bindings): Listed {
  const rows = rowsOf(
    ops.filter(({ seq }) => seq > head.floorSeq),
    (replica) => bindings.get(replica)?.number ?? 0,
  )
  return listOf(rows, ({ first, ops: bytes }) => [`${first}-0`, asBuffer(bytes)])
}

function segmentsBelow({ head, ops }: StreamRestore, bindings: Bindings): Listed {
  const segments: { readonly first: number; readonly last: number; readonly bytes: Uint8Array }[] = []
  let rest = ops.filter(({ seq }) => seq <= head.floorSeq)
  while (rest.length > 0) {
    const length = segmentLength(rest)
    segments.push(encodeSegment(rest.slice(0, length), (replica) => bindings.get(replica)?.number ?? 0))
    rest = rest.slice(length)
  }
  return listOf(segments, ({ first, last, bytes }) => [`${first}-0`, String(last), asBuffer(bytes)])
}

async function wantedSnapshots(
  { link, keys }: StoreParts,
  { head, snapshots }: StreamRestore,
): Promise<readonly Snapshot[]> {
  const { head: headKey, snapshots: key } = keys.stream(head)
  const found = (await link.run(listSnapshots, [headKey, key], [])) as [HeadReply, Buffer[]] | null
  const seqs = new Set([...(found?.[1] ?? []).map(Number), ...snapshots.map(({ seq }) => seq)])
  const kept = new Set(keptSnapshots([...seqs]))
  return snapshots.filter(({ seq }) => kept.has(seq))
}
