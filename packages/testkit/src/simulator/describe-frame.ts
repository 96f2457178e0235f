import {
  decodeClientMessage,
  decodeHubMessage,
  type ClientMessage,
  type HubMessage,
  type SubscribedResult,
} from '@flowsync/protocol'

/** Message codes from here on are the hub's. */
const FIRST_HUB_CODE = 0x40

/** Tells in a few words what a frame holds, for traces of simulated runs. */
export function describeFrame(frame: Uint8Array): string {
  return (frame[0] ?? 0) >= FIRST_HUB_CODE
    ? describeHubMessage(decodeHubMessage(frame))
    : describeClientMessage(decodeClientMessage(frame))
}

function describeClientMessage(message: ClientMessage): string {
  switch (message.type) {
    case 'hello':
      return `hello ${short(message.replica)} adopts [${message.adopted.map(short).join(' ')}]`
    case 'subscribe':
      return `subscribe ${message.streams
        .map(({ stream, epoch, seq, outbox, rebuildBelow }) => {
          const ranges = outbox
            .map(({ replica, from, through }) => ` ${short(replica)}:${from}-${through}`)
            .join('')
          const rebuild = rebuildBelow === undefined ? '' : ` rebuild<=${rebuildBelow}`
          return `${stream}@${epoch.slice(0, 4)}/${seq}${ranges}${rebuild}`
        })
        .join(', ')}`
    case 'push':
      return `push ${message.batches
        .map(({ stream, ops }) => {
          const ids = ops.map(
            ({ replica, counter, count, base }) => ` ${short(replica)}:${counter}+${count}/${base}`,
          )
          return `${stream}${ids.slice(0, 4).join('')}${ids.length > 4 ? ` and ${ids.length - 4} more` : ''}`
        })
        .join(', ')}`
    case 'pull':
      return `pull ${message.stream} after ${message.afterSeq}`
    case 'unsubscribe':
      return `unsubscribe ${message.streams.join(' ')}`
    case 'renew':
      return 'renew'
  }
}

function describeHubMessage(message: HubMessage): string {
  switch (message.type) {
    case 'welcome':
      return 'welcome'
    case 'subscribed':
      return `subscribed ${message.results.map(describeSubscribed).join(', ')}`
    case 'pushed':
      return `pushed ${message.results
        .map((result) =>
          result.kind === 'ok'
            ? `${result.stream} at ${describeSeqs(result.seqs)}`
            : `${result.stream} failed ${result.error.code}`,
        )
        .join(', ')}`
    case 'pulled':
      return `pulled ${message.stream} ${describeSeqs(message.ops.map(({ seq }) => seq))} of ${message.headSeq}`
    case 'feed':
      return `feed ${message.stream} ${describeSeqs(message.ops.map(({ seq }) => seq))}`
    case 'refused':
      return `refused ${message.error.code} ${message.error.message}`
    case 'unsubscribed':
    case 'renewed':
    case 'drain':
      return message.type
  }
}

function describeSubscribed(result: SubscribedResult): string {
  if (result.kind === 'failed') return `${result.stream} failed ${result.error.code}`
  const { stream, epoch, headSeq, snapshot, ops, acknowledged } = result
  const from = snapshot ? ` snapshot ${snapshot.seq}` : ''
  const through = acknowledged
    .map(({ replica, through: counter }) => ` ${short(replica)}:..${counter}`)
    .join('')
  return `${stream}@${epoch.slice(0, 4)}${from} + ${describeSeqs(ops.map(({ seq }) => seq))} of ${headSeq}${through}`
}

function describeSeqs(seqs: readonly number[]): string {
  if (seqs.length === 0) return 'nothing'
  return seqs.length === 1 ? `${seqs[0]}` : `${seqs[0]}-${seqs.at(-1)}`
}

function short(replica: string): string {
  return replica.slice(0, 4)
}
