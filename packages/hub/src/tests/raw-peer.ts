import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import {
  type ClientMessage,
  decodeHubMessage,
  decodeSocketPacket,
  encodeClientMessage,
  encodeSocketConnect,
  encodeSocketMessage,
  type HubMessage,
} from '@flowsync/protocol'

const NAMESPACE = '/default'
const TEXT = 1
const BINARY = 2
const MASK_BYTES = 4

/** A client on a bare socket, WebSocket and Engine.io by hand: it can stop reading, which the kernel then feels. */
export class RawPeer {
  readonly heard: HubMessage[] = []
  /** Resolves when the socket is gone. */
  readonly gone: Promise<unknown>
  private readonly socket: Socket
  private readonly watchers = new Set<() => void>()
  private bytes = Buffer.alloc(0)
  private isUpgraded = false
  private isConnected = false
  private answersPings = true

  private constructor(socket: Socket) {
    this.socket = socket
    this.gone = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => this.receive(chunk as Buffer))
  }

  /** Connected to the workspace `default`, not greeted yet. */
  static async connect(to: NetConnectOpts): Promise<RawPeer> {
    const socket = connect(to)
    await once(socket, 'connect')
    const peer = new RawPeer(socket)
    socket.write(
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: hub\r\nConnection: Upgrade\r\n' +
        `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    )
    await peer.until(() => peer.isConnected)
    return peer
  }

  say(message: ClientMessage): void {
    this.write(BINARY, encodeSocketMessage(NAMESPACE, encodeClientMessage(message)))
  }

  /** Bytes as they are, below WebSocket. */
  writeRaw(bytes: Uint8Array): void {
    this.socket.write(bytes)
  }

  /** Reads nothing from now on. */
  stall(): void {
    this.socket.pause()
  }

  read(): void {
    this.socket.resume()
  }

  /** Reads on and says nothing any more, as a peer behind a dead network does. */
  fallSilent(): void {
    this.answersPings = false
  }

  close(): void {
    this.socket.destroy()
  }

  /** Resolves when the condition holds; rejects when the socket is gone before. */
  async until(condition: () => boolean): Promise<void> {
    if (condition()) return
    await new Promise<void>((resolve, reject) => {
      const watcher = (): void => {
        if (!condition()) return
        this.watchers.delete(watcher)
        resolve()
      }
      this.watchers.add(watcher)
      void this.gone.then(() => reject(new Error('the connection ended')))
    })
  }

  /** What answers the request with this id. */
  async answer(id: number): Promise<HubMessage> {
    const find = () => this.heard.find((message) => 'id' in message && message.id === id)
    await this.until(() => find() !== undefined)
    return find() as HubMessage
  }

  private receive(chunk: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, chunk])
    if (!this.isUpgraded) {
      const end = this.bytes.indexOf('\r\n\r\n')
      if (end < 0) return
      this.isUpgraded = true
      this.bytes = this.bytes.subarray(end + 4)
    }
    for (let frame = this.nextFrame(); frame; frame = this.nextFrame()) this.handle(frame)
    for (const watcher of this.watchers) watcher()
  }

  private nextFrame(): { readonly opcode: number; readonly payload: Buffer } | undefined {
    const { bytes } = this
    if (bytes.length < 2) return undefined
    let length = (bytes[1] ?? 0) & 0x7f
    let start = 2
    if (length === 126) {
      if (bytes.length < 4) return undefined
      length = bytes.readUInt16BE(2)
      start = 4
    } else if (length === 127) {
      if (bytes.length < 10) return undefined
      length = Number(bytes.readBigUInt64BE(2))
      start = 10
    }
    if (bytes.length < start + length) return undefined
    this.bytes = bytes.subarray(start + length)
    return { opcode: (bytes[0] ?? 0) & 0x0f, payload: bytes.subarray(start, start + length) }
  }

  private handle({ opcode, payload }: { readonly opcode: number; readonly payload: Buffer }): void {
    if (opcode === TEXT) {
      const text = payload.toString()
      if (text.startsWith('0')) this.write(BINARY, encodeSocketConnect(NAMESPACE))
      if (text === '2' && this.answersPings) this.write(TEXT, Buffer.from('3'))
    } else if (opcode === BINARY) {
      const { type, data } = decodeSocketPacket(payload)
      if (type === 0) this.isConnected = true
      else if (Array.isArray(data)) this.heard.push(decodeHubMessage(data[1] as Uint8Array))
    }
  }

  private write(opcode: number, payload: Uint8Array): void {
    const long = payload.length >= 65_536
    const header = Buffer.alloc(payload.length < 126 ? 2 : long ? 10 : 4)
    header[0] = 0x80 | opcode
    header[1] = 0x80 | (payload.length < 126 ? payload.length : long ? 127 : 126)
    if (long) header.writeBigUInt64BE(BigInt(payload.length), 2)
    else if (header.length === 4) header.writeUInt16BE(payload.length, 2)
    // A mask of zeros changes nothing.
    this.socket.write(Buffer.concat([header, Buffer.alloc(MASK_BYTES), payload]))
  }
}
