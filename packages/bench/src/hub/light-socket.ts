import { connect, type Socket } from 'node:net'
import { BINARY, clientFrame, CLOSE, PING, PONG, ServerFrames, TEXT } from './websocket-frames.js'

/** What a socket tells its owner. */
export interface SocketHandlers {
  onOpen(): void
  /** A view on memory that is used again: copy what is kept. */
  onBinary(bytes: Buffer): void
  onText(text: string): void
  /** It ended unasked. */
  onFailure(error: Error): void
}

const END_OF_HEAD = Buffer.from('\r\n\r\n')

/**
 * A WebSocket client without anything that a load generator can do without, so that a thousand of them fit into a
 * process and the server is what is measured. What is sent in one turn of the event loop leaves in one write.
 */
export class LightSocket {
  private readonly socket: Socket
  private readonly handlers: SocketHandlers
  private readonly frames: ServerFrames
  private head: Buffer | undefined = Buffer.alloc(0)
  private waiting: Buffer[] = []
  private isOver = false

  constructor(url: string, path: string, handlers: SocketHandlers) {
    const { hostname, port } = new URL(url)
    this.handlers = handlers
    this.frames = new ServerFrames((opcode, payload) => this.onFrame(opcode, payload))
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true })
    this.socket.on('connect', () => {
      this.socket.write(
        `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
      )
    })
    this.socket.on('data', (chunk: Buffer) => {
      try {
        this.onData(chunk)
      } catch (error) {
        this.fail(error instanceof Error ? error : new Error(String(error)))
      }
    })
    this.socket.on('error', (error) => this.fail(error))
    this.socket.on('close', () => this.fail(new Error('the server ended the connection')))
  }

  sendBinary(bytes: Uint8Array): void {
    this.write(clientFrame(BINARY, bytes))
  }

  sendText(text: string): void {
    this.write(clientFrame(TEXT, Buffer.from(text)))
  }

  close(): void {
    this.isOver = true
    this.socket.destroy()
  }

  private write(frame: Buffer): void {
    if (this.isOver) return
    if (this.waiting.push(frame) > 1) return
    process.nextTick(() => {
      const { waiting } = this
      this.waiting = []
      if (!this.isOver) this.socket.write(waiting.length === 1 ? (waiting[0] ?? '') : Buffer.concat(waiting))
    })
  }

  private onData(chunk: Buffer): void {
    if (this.head === undefined) return this.frames.push(chunk)
    this.head = Buffer.concat([this.head, chunk])
    const end = this.head.indexOf(END_OF_HEAD)
    if (end < 0) return
    const line = this.head.toString('latin1', 0, this.head.indexOf('\r\n'))
    if (!/^HTTP\/1\.1 101 /.test(line)) throw new Error(`the server refused the connection: ${line}`)
    const rest = this.head.subarray(end + END_OF_HEAD.length)
    this.head = undefined
    this.handlers.onOpen()
    if (rest.length > 0) this.frames.push(rest)
  }

  private onFrame(opcode: number, payload: Buffer): void {
    if (this.isOver) return
    if (opcode === BINARY) this.handlers.onBinary(payload)
    else if (opcode === TEXT) this.handlers.onText(payload.toString())
    else if (opcode === PING) this.write(clientFrame(PONG, payload))
    else if (opcode === CLOSE) this.fail(new Error(`the server closed: ${payload.toString('utf8', 2)}`))
  }

  private fail(error: Error): void {
    if (this.isOver) return
    this.isOver = true
    this.socket.destroy()
    this.handlers.onFailure(error)
  }
}
