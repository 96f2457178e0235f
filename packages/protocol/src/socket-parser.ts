import { ByteReader, ByteWriter } from '@flowsync/crdt'
import { invalidValue, malformed } from './codec/frame-reader.js'
import { cutToBytes, LONE_SURROGATE, toWellFormed } from './codec/unicode.js'

/** The name of the one Socket.io event there is; its one argument is a FlowSync frame as `Uint8Array`. */
export const MESSAGE_EVENT = 'm'

// The packet types of Socket.io protocol 5 that exist here; acknowledgements and attachments do not.
const CONNECT = 0
const DISCONNECT = 1
const EVENT = 2
const CONNECT_ERROR = 4

const MAX_NAMESPACE_BYTES = 512
const MAX_SID_BYTES = 64
const MAX_ERROR_TEXT_BYTES = 4_096

/** A packet as Socket.io gives it to an encoder and takes it from a decoder. */
export interface SocketPacket {
  readonly type: number
  /** Namespace: `/`, then the workspace. */
  readonly nsp: string
  readonly data?: unknown
  /** Set when an acknowledgement is wanted, which is refused. */
  readonly id?: number
}

/** Part of the schema hash. A function, so that what does not call it does not carry its text. */
export function describeSocketPacket(): string {
  return (
    `type u8; namespace without slash string(${MAX_NAMESPACE_BYTES}); ` +
    `${CONNECT} connect: sid string(${MAX_SID_BYTES}) | ${DISCONNECT} disconnect | ${EVENT} message: frame to the end | ` +
    `${CONNECT_ERROR} connect error: message string(${MAX_ERROR_TEXT_BYTES}), data as JSON string(${MAX_ERROR_TEXT_BYTES})`
  )
}

type Listener = (packet: SocketPacket) => void

/**
 * Socket.io packets to bytes. Stateless, so that Socket.io encodes a broadcast once for a whole room.
 *
 * Whatever the packet, the result is one binary frame: kind byte, namespace without its slash, content.
 */
class Encoder {
  /** @throws FlowSyncError `codec/invalid-value` for what FlowSync never sends: other events, acknowledgements, `auth`, recovery. */
  encode(packet: SocketPacket): [Uint8Array] {
    if (packet.type === EVENT) return [encodeSocketMessage(packet.nsp, frameOf(packet))]
    const writer = startPacket(packet.type, packet.nsp)
    writeContent(writer, packet)
    return [writer.view()]
  }
}

/** @param frameBytes how long the frame is that follows: with some room for the namespace it is copied once */
function startPacket(type: number, nsp: string, frameBytes = 0): ByteWriter {
  const writer = new ByteWriter(frameBytes + 64)
  writer.u8(type)
  writeText(writer, nsp.slice(1), MAX_NAMESPACE_BYTES)
  return writer
}

/** The packet with which a client enters a namespace. */
export function encodeSocketConnect(nsp: string): Uint8Array {
  const writer = startPacket(CONNECT, nsp)
  writer.string('')
  return writer.view()
}

/** The packet that carries one FlowSync frame. */
export function encodeSocketMessage(nsp: string, frame: Uint8Array): Uint8Array {
  const writer = startPacket(EVENT, nsp, frame.length)
  writer.raw(frame)
  return writer.view()
}

function writeContent(writer: ByteWriter, { type, data }: SocketPacket): void {
  switch (type) {
    case CONNECT:
      return writeText(writer, sidOf(data), MAX_SID_BYTES)
    case DISCONNECT:
      return
    case CONNECT_ERROR:
      return writeConnectError(writer, data)
    default:
      throw invalidValue(`a Socket.io packet of type ${type}; acknowledgements are not used`)
  }
}

/**
 * Bytes to Socket.io packets. Stateless: a packet is one frame and has no attachments to wait for, so
 * nothing is ever buffered and no sequence of frames can confuse it.
 */
class Decoder {
  private readonly listeners = new Set<Listener>()

  /**
   * Decodes one frame and calls the `decoded` listeners. Takes what Node (`Buffer`) and browsers (`ArrayBuffer`) deliver.
   * @throws FlowSyncError `codec/malformed`; Socket.io then closes this one connection
   */
  add(input: unknown): void {
    const packet = decodeSocketPacket(input)
    for (const listener of this.listeners) listener(packet)
  }

  on(event: 'decoded', listener: Listener): this {
    if (event === 'decoded') this.listeners.add(listener)
    return this
  }

  off(event: 'decoded', listener: Listener): this {
    if (event === 'decoded') this.listeners.delete(listener)
    return this
  }

  /** As Socket.io's server calls {@link off}. */
  removeListener(event: 'decoded', listener: Listener): this {
    return this.off(event, listener)
  }

  /** There is nothing to release. */
  destroy(): void {}
}

/**
 * The `parser` option of Socket.io's server and client. Its packets take one binary WebSocket frame each,
 * where the default parser sends two for every binary message and can be told to wait for attachments.
 */
export const socketParser = /* @__PURE__ */ Object.freeze({ Encoder, Decoder })

/**
 * One packet. Takes what Node (`Buffer`) and browsers (`ArrayBuffer`) deliver.
 * @throws FlowSyncError `codec/malformed`
 */
export function decodeSocketPacket(input: unknown): SocketPacket {
  const reader = new ByteReader(bytesOf(input))
  const type = reader.u8()
  const nsp = `/${reader.string(MAX_NAMESPACE_BYTES)}`
  const packet = { type, nsp, ...readContent(reader, type) }
  reader.end()
  return packet
}

function readContent(reader: ByteReader, type: number): { readonly data?: unknown } {
  switch (type) {
    case CONNECT: {
      const sid = reader.string(MAX_SID_BYTES)
      return sid === '' ? {} : { data: { sid } }
    }
    case DISCONNECT:
      return {}
    case EVENT:
      return { data: [MESSAGE_EVENT, reader.raw(reader.remaining)] }
    case CONNECT_ERROR:
      return {
        data: {
          message: reader.string(MAX_ERROR_TEXT_BYTES),
          data: parseJson(reader.string(MAX_ERROR_TEXT_BYTES)),
        },
      }
    default:
      throw malformed(`a Socket.io packet of type ${type}`)
  }
}

/** A plain `Uint8Array`: a `Buffer` has methods of the same names that do other things. */
function bytesOf(input: unknown): Uint8Array {
  if (input instanceof ArrayBuffer) return new Uint8Array(input)
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
  throw malformed('a frame is not binary')
}

function frameOf({ data, id }: SocketPacket): Uint8Array {
  const frame: unknown =
    Array.isArray(data) && data.length === 2 && data[0] === MESSAGE_EVENT ? data[1] : undefined
  if (frame === undefined || id != null)
    throw invalidValue('a Socket.io event that is not one FlowSync frame')
  if (frame instanceof ArrayBuffer || ArrayBuffer.isView(frame)) return bytesOf(frame)
  throw invalidValue('a Socket.io event that is not one FlowSync frame')
}

function sidOf(data: unknown): string {
  const fields = Object.entries(data ?? {}).filter(([, value]) => value !== undefined)
  if (fields.length === 0) return ''
  const [name, sid] = fields[0] ?? []
  if (fields.length > 1 || name !== 'sid' || typeof sid !== 'string' || sid === '') {
    throw invalidValue(
      'a Socket.io handshake with `auth` or connection state recovery; the token travels in `hello`',
    )
  }
  return sid
}

function writeText(writer: ByteWriter, text: string, maxBytes: number): void {
  if (LONE_SURROGATE.test(text) || cutToBytes(text, maxBytes) !== text)
    throw invalidValue('a text that is too long or not well-formed')
  writer.string(text)
}

// Made by Socket.io inside its own callbacks, where a throw would end the process: cut rather than refused.
function writeConnectError(writer: ByteWriter, error: unknown): void {
  const { message, data } = Object(error) as { readonly message?: unknown; readonly data?: unknown }
  writer.string(cutToBytes(toWellFormed(typeof message === 'string' ? message : ''), MAX_ERROR_TEXT_BYTES))
  const text = toWellFormed(stringify(data))
  writer.string(cutToBytes(text, MAX_ERROR_TEXT_BYTES) === text ? text : '')
}

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch (cause) {
    // A BigInt or a cycle: the message still says what happened.
    if (cause instanceof TypeError) return ''
    throw cause
  }
}

function parseJson(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw malformed('the data of a connection error is not JSON', cause)
  }
}
