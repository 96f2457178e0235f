import type { SessionEdit } from '@flowsync/testkit/sessions'
import type { ClientOptions, RawClient } from '../client.js'
import { LightSocket } from '../light-socket.js'
import { textOf } from '../text-of.js'

/** Socket.io's own packets as text: its server encodes one for a whole room once, which it does not with binary ones. */
class SocketIoClient implements RawClient {
  readonly ready: Promise<void>
  private readonly options: ClientOptions
  private readonly socket: LightSocket
  private readonly answers = new Map<number, (args: readonly unknown[]) => void>()
  private resolveReady: () => void = () => undefined
  private lastId = 0
  private joinedVersion = 0
  private joinedText: string | undefined

  constructor(options: ClientOptions) {
    this.options = options
    this.ready = new Promise((resolve) => (this.resolveReady = resolve))
    this.socket = new LightSocket(options.url, '/socket.io/?EIO=4&transport=websocket', {
      onOpen: () => undefined,
      onText: (packet) => this.receive(packet),
      onBinary: () => options.onFailure(new Error('a binary frame')),
      onFailure: options.onFailure,
    })
  }

  send(first: number, through: number): void {
    const { document, onAcknowledged } = this.options
    for (let number = first; number <= through; number++) {
      if (onAcknowledged) this.ask(['write', document, number, 'x'], () => onAcknowledged(1))
      else this.emit('', ['edit', document, number, 'x'])
    }
  }

  version(): unknown {
    return this.joinedVersion
  }

  text(): string {
    return this.joinedText ?? ''
  }

  joinedBytes(): number {
    return this.joinedText?.length ?? 0
  }

  fill(edits: readonly SessionEdit[]): Promise<void> {
    return new Promise((resolve) => this.ask(['fill', this.options.document, textOf(edits)], () => resolve()))
  }

  close(): void {
    this.socket.close()
  }

  private emit(id: string, args: readonly unknown[]): void {
    this.socket.sendText(`42${id}${JSON.stringify(args)}`)
  }

  private ask(args: readonly unknown[], onAnswer: (args: readonly unknown[]) => void): void {
    const id = this.lastId++
    this.answers.set(id, onAnswer)
    this.emit(String(id), args)
  }

  private receive(packet: string): void {
    if (packet === '2') this.socket.sendText('3')
    else if (packet.startsWith('0')) this.socket.sendText('40')
    else if (packet.startsWith('40')) this.join()
    else if (packet.startsWith('42["edit",')) {
      const [, number] = JSON.parse(packet.slice(2)) as [string, number, string]
      this.options.onEdits?.(number, number)
    } else if (packet.startsWith('43')) {
      const start = packet.indexOf('[')
      const id = Number(packet.slice(2, start))
      const answer = this.answers.get(id)
      this.answers.delete(id)
      if (answer) answer(JSON.parse(packet.slice(start)) as readonly unknown[])
      else this.options.onFailure(new Error(`an answer to nothing: ${id}`))
    } else this.options.onFailure(new Error(`an unexpected packet: ${packet.slice(0, 40)}`))
  }

  private join(): void {
    this.ask(['join', this.options.document, this.options.have ?? 0], ([version, text]) => {
      this.joinedVersion = version as number
      this.joinedText = text as string | undefined
      this.resolveReady()
    })
  }
}

/** Opens a connection to a Socket.io server. */
export function open(options: ClientOptions): RawClient {
  return new SocketIoClient(options)
}
