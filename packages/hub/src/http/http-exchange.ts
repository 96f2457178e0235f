import type { IncomingMessage, ServerResponse } from 'node:http'
import { isFlowSyncError } from '@flowsync/crdt'
import { createError, toWireError } from '@flowsync/protocol'
import { retryLater } from '../log/storage-health.js'

/** One request of the HTTP API and its answer, in JSON. */
export class HttpExchange {
  readonly url: URL
  private readonly request: IncomingMessage
  private readonly response: ServerResponse

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request
    this.response = response
    this.url = urlOf(request.url ?? '/')
  }

  get method(): string {
    return this.request.method ?? 'GET'
  }

  get address(): string {
    return this.request.socket.remoteAddress ?? ''
  }

  header(name: 'origin' | 'host'): string | undefined {
    return this.request.headers[name]
  }

  /** The bearer token, '' without one. */
  get token(): string {
    const [scheme, token] = (this.request.headers.authorization ?? '').split(' ')
    return scheme?.toLowerCase() === 'bearer' ? (token ?? '') : ''
  }

  /**
   * The body as JSON.
   * @throws FlowSyncError `frame/too-large` before the whole of it is read, `codec/malformed`
   */
  async readJson(limitBytes: number): Promise<unknown> {
    if (Number(this.request.headers['content-length'] ?? 0) > limitBytes) throw bodyTooLarge(limitBytes)
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of this.request as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > limitBytes) throw bodyTooLarge(limitBytes)
      chunks.push(chunk)
    }
    try {
      return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown
    } catch (cause) {
      throw createError('codec/malformed', 'The body is not JSON.', { cause })
    }
  }

  allowOrigin(origin: string): void {
    this.response.setHeader('Access-Control-Allow-Origin', origin)
    this.response.setHeader('Access-Control-Allow-Methods', 'GET, POST')
    this.response.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type')
    this.response.setHeader('Access-Control-Max-Age', '600')
    this.response.setHeader('Vary', 'Origin')
  }

  answer(status: number, body?: unknown): void {
    if (this.response.headersSent) return
    this.response.setHeader('Cache-Control', 'no-store')
    if (body === undefined) {
      this.response.writeHead(status).end()
      return
    }
    // First of all: what cannot be written, as a text that is too long, is refused with a status of its own.
    const text = JSON.stringify(body, listsOfSets)
    this.response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' })
    this.response.end(text)
  }

  /** Answers `{ error: { code, message, details } }` with the status that fits. */
  refuse(error: unknown): void {
    const told = retryLater(error)
    const { code, message, retryAfterMs, details } = toWireError(told)
    if (retryAfterMs > 0) this.response.setHeader('Retry-After', Math.ceil(retryAfterMs / 1000))
    // What is left of a body that is too large is not read: the connection cannot be used again.
    if (code === 'frame/too-large') this.response.setHeader('Connection', 'close')
    const known: unknown = details === '' ? {} : JSON.parse(details)
    this.answer(statusOf(told), { error: { code, message, details: known } })
  }
}

/** Any host will do: only path and query are read. What is no URL, such as `//`, is a path that leads nowhere. */
function urlOf(target: string): URL {
  const base = 'http://hub/'
  return URL.canParse(target, base) ? new URL(target, base) : new URL(base)
}

function listsOfSets(_key: string, value: unknown): unknown {
  return value instanceof Set ? [...(value as ReadonlySet<unknown>)] : value
}

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  'acl/denied': 403,
  'http/not-found': 404,
  'http/method-not-allowed': 405,
  'stream/unknown': 404,
  'stream/rule-mismatch': 409,
  'frame/too-large': 413,
  'op/too-large': 413,
}

const STATUS_OF_AREA: Readonly<Record<string, number>> = {
  auth: 401,
  limit: 429,
  storage: 503,
  hub: 503,
  codec: 400,
  stream: 400,
  op: 422,
}

/** The HTTP status of an error. */
function statusOf(error: unknown): number {
  if (!isFlowSyncError(error) || error.code === 'hub/internal') return 500
  const area = error.code.split('/')[0] ?? ''
  return STATUS_OF_CODE[error.code] ?? STATUS_OF_AREA[area] ?? 500
}

function bodyTooLarge(limitBytes: number): Error {
  return createError('frame/too-large', `A body may have ${limitBytes} bytes.`, { details: { limitBytes } })
}
