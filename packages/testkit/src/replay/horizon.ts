import type { Connection, Transport } from '@flowsync/core'
import type { SequencedOp } from '@flowsync/crdt'
import { decodeClientMessage, decodeHubMessage, encodeHubMessage, type HubMessage } from '@flowsync/protocol'

/**
 * Shows a client the log of its one stream only up to a horizon, whatever the hub sends: what lies beyond is held back
 * until the horizon moves. The client then sees exactly what its author had seen when the session was recorded.
 *
 * Good for one connection: a handshake tells what the hub has of the client's own ops, and those may lie beyond the
 * horizon.
 */
export class Horizon {
  private horizonSeq = 0
  private shownSeq = 0
  /** Ops beyond the horizon, by seq. */
  private readonly held = new Map<number, SequencedOp>()
  private stream = ''
  private epoch = ''
  private show: ((message: HubMessage) => void) | undefined
  private wake: (() => void) | undefined

  /** A transport whose clients see up to the horizon. For one client. */
  wrap(transport: Transport): Transport {
    return {
      connect: (target, handlers): Connection => {
        const connection = transport.connect(target, {
          onOpen: () => {
            this.show = (message) => handlers.onFrame(encodeHubMessage(message))
            handlers.onOpen()
          },
          onFrame: (frame) => {
            const message = this.limit(decodeHubMessage(frame))
            if (message) handlers.onFrame(encodeHubMessage(message))
            this.showHeld()
          },
          onClose: (reason) => {
            this.show = undefined
            handlers.onClose(reason)
          },
        })
        return {
          send: (frame) => {
            this.noteCursor(frame)
            connection.send(frame)
          },
          close: () => {
            this.show = undefined
            connection.close()
          },
        }
      },
    }
  }

  /** Moves the horizon, never back. */
  moveTo(seq: number): void {
    this.horizonSeq = Math.max(this.horizonSeq, seq)
    this.showHeld()
  }

  /** Resolves once the client has been shown everything up to the horizon. */
  async whenShown(): Promise<void> {
    while (this.shownSeq < this.horizonSeq) {
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
  }

  /** What the client has, by its own account. */
  private noteCursor(frame: Uint8Array): void {
    const message = decodeClientMessage(frame)
    if (message.type !== 'subscribe') return
    this.shownSeq = message.streams[0]?.seq ?? 0
    // Beyond the horizon it has only what it typed itself.
    this.horizonSeq = Math.max(this.horizonSeq, this.shownSeq)
  }

  private limit(message: HubMessage): HubMessage | undefined {
    switch (message.type) {
      case 'feed': {
        const ops = this.take(message.stream, message.epoch, message.ops)
        return ops.length === 0 ? undefined : { ...message, ops }
      }
      case 'pulled': {
        const ops = this.take(message.stream, message.epoch, message.ops)
        return {
          ...message,
          ops,
          headSeq: Math.min(message.headSeq, Math.max(this.horizonSeq, this.shownSeq)),
        }
      }
      case 'subscribed': {
        const results = message.results.map((result) => {
          if (result.kind === 'failed') return result
          if (result.snapshot) this.noteShown(result.snapshot.seq)
          const ops = this.take(result.stream, result.epoch, result.ops)
          const headSeq = Math.min(result.headSeq, Math.max(this.horizonSeq, this.shownSeq))
          return { ...result, ops, headSeq }
        })
        return { ...message, results }
      }
      default:
        return message
    }
  }

  /** The part of `ops` that may be shown; the rest is held. */
  private take(stream: string, epoch: string, ops: readonly SequencedOp[]): SequencedOp[] {
    this.stream = stream
    this.epoch = epoch
    const visible: SequencedOp[] = []
    for (const op of ops) {
      if (op.seq > this.horizonSeq) {
        this.held.set(op.seq, op)
      } else {
        visible.push(op)
        if (op.seq === this.shownSeq + 1) this.noteShown(op.seq)
      }
    }
    return visible
  }

  private showHeld(): void {
    const ops: SequencedOp[] = []
    for (let seq = this.shownSeq + 1; seq <= this.horizonSeq; seq++) {
      const op = this.held.get(seq)
      if (!op) break
      ops.push(op)
    }
    if (ops.length === 0 || !this.show) return
    for (const { seq } of ops) this.held.delete(seq)
    this.noteShown(ops.at(-1)?.seq ?? 0)
    this.show({ type: 'feed', stream: this.stream, epoch: this.epoch, ops })
  }

  private noteShown(seq: number): void {
    this.shownSeq = Math.max(this.shownSeq, seq)
    this.wake?.()
    this.wake = undefined
  }
}
