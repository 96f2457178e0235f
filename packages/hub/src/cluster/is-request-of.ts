/** `RequestType.SERVER_SIDE_EMIT` of @socket.io/redis-adapter, the only request that hubs send each other. */
const SERVER_SIDE_EMIT = 6

/**
 * Whether a message of the classic pub/sub may be shown to Socket.io's adapter: this event alone, which wants no answer. The
 * adapter takes apart whatever comes in functions whose promises nobody looks at, so that damaged ones would end the process.
 */
export function isRequestOf(event: string, message: Uint8Array): boolean {
  const request = parsed(message)
  if (typeof request !== 'object' || request === null) return false
  const { type, data, requestId } = request as Readonly<Record<string, unknown>>
  return type === SERVER_SIDE_EMIT && Array.isArray(data) && data[0] === event && requestId === undefined
}

function parsed(message: Uint8Array): unknown {
  try {
    return JSON.parse(
      Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString(),
    ) as unknown
  } catch {
    // Of somebody else, or damaged: passed over.
    return undefined
  }
}
