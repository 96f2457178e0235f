import type { Connection, Transport } from '@flowsync/core'
import { decodeClientMessage, decodeHubMessage, type PushBatch } from '@flowsync/protocol'
import type { WireAck, WireClaim } from './evidence.js'

/** Who hears what the hub promises. */
export interface WireListener {
  readonly onAcks: (acks: readonly WireAck[]) => void
  readonly onClaims: (claims: readonly WireClaim[]) => void
}

/** A transport that writes down every acknowledgement of the hub before the client hears of it. */
export function tapWire(transport: Transport, listener: WireListener): Transport {
  return {
    connect(target, handlers): Connection {
      const pushes = new Map<number, readonly PushBatch[]>()
      const connection = transport.connect(target, {
        ...handlers,
        onFrame: (frame) => {
          const message = decodeHubMessage(frame)
          if (message.type === 'pushed') {
            const batches = pushes.get(message.id) ?? []
            pushes.delete(message.id)
            const acks = message.results.flatMap((result, place): WireAck[] => {
              if (result.kind !== 'ok') return []
              const { stream, epoch, seqs } = result
              const ops = batches[place]?.ops ?? []
              return ops.map(({ replica, counter }, index) => ({
                stream,
                epoch,
                replica,
                counter,
                seq: seqs[index] ?? 0,
              }))
            })
            if (acks.length > 0) listener.onAcks(acks)
          } else if (message.type === 'subscribed') {
            const claims = message.results.flatMap((result): WireClaim[] => {
              if (result.kind !== 'ok') return []
              const { stream, epoch, acknowledged } = result
              return acknowledged.map(({ replica, through }) => ({ stream, epoch, replica, through }))
            })
            if (claims.length > 0) listener.onClaims(claims)
          }
          handlers.onFrame(frame)
        },
      })
      return {
        send: (frame) => {
          const message = decodeClientMessage(frame)
          if (message.type === 'push') pushes.set(message.id, message.batches)
          connection.send(frame)
        },
        close: () => connection.close(),
      }
    },
  }
}
