import type { ClientOptions, RawClient } from '../client.js'
import { LightSocket } from '../light-socket.js'
import { COUNT, EDIT, numberAt, STORED, WELCOME, WRITE, wsMessage } from '../ws-messages.js'

/** The few bytes that an application would send over `ws` itself. */
class WsClient implements RawClient {
  readonly ready: Promise<void>
  private readonly options: ClientOptions
  private readonly socket: LightSocket
  private resolveReady: () => void = () => undefined
  private resolveCount: (count: number) => void = () => undefined

  constructor(options: ClientOptions) {
    this.options = options
    this.ready = new Promise((resolve) => (this.resolveReady = resolve))
    this.socket = new LightSocket(options.url, `/${options.document}`, {
      onOpen: () => undefined,
      onText: () => options.onFailure(new Error('a text')),
      onBinary: (bytes) => this.receive(bytes),
      onFailure: options.onFailure,
    })
  }

  send(first: number, through: number): void {
    if (this.options.onAcknowledged) {
      this.socket.sendBinary(wsMessage(WRITE, [first, through], through - first + 1))
      return
    }
    for (let number = first; number <= through; number++) {
      this.socket.sendBinary(wsMessage(EDIT, [number], 1))
    }
  }

  version(): unknown {
    return undefined
  }

  stored(): Promise<number> {
    return new Promise((resolve) => {
      this.resolveCount = resolve
      this.socket.sendBinary(wsMessage(COUNT))
    })
  }

  close(): void {
    this.socket.close()
  }

  private receive(bytes: Buffer): void {
    switch (bytes[0]) {
      case WELCOME:
        return this.resolveReady()
      case EDIT:
        return this.options.onEdits?.(numberAt(bytes, 0), numberAt(bytes, 0))
      case STORED:
        return this.options.onAcknowledged?.(numberAt(bytes, 0))
      case COUNT:
        return this.resolveCount(numberAt(bytes, 0))
      default:
        this.options.onFailure(new Error(`an unexpected message: ${bytes[0]}`))
    }
  }
}

/** Opens a connection to a bare WebSocket server. */
export function open(options: ClientOptions): RawClient {
  return new WsClient(options)
}
