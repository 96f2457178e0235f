import { FlowSyncError } from '../errors.js'

/** As much as an inflated document may have unless told otherwise, in bytes. */
const MAX_INFLATED_BYTES = 64 * 1024 * 1024

/**
 * Compresses bytes, such as a saved document, by what the platform has for it (raw deflate, RFC 1951).
 * The history of a text takes about a third of its size so, and a snapshot a quarter.
 */
export async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  return collect(bytes, new CompressionStream('deflate-raw'), Infinity)
}

/**
 * Undoes {@link deflate}.
 * @param limitBytes the result may have; what would become longer is given up on, not held
 * @throws FlowSyncError `codec/malformed` for bytes that are not deflated, or that grow beyond the limit
 */
export async function inflate(bytes: Uint8Array, limitBytes = MAX_INFLATED_BYTES): Promise<Uint8Array> {
  try {
    return await collect(bytes, new DecompressionStream('deflate-raw'), limitBytes)
  } catch (cause) {
    if (cause instanceof FlowSyncError) throw cause
    throw new FlowSyncError('codec/malformed', 'Malformed bytes: they were not deflated.', { cause })
  }
}

async function collect(
  bytes: Uint8Array,
  transform: CompressionStream | DecompressionStream,
  limitBytes: number,
): Promise<Uint8Array> {
  const source = new ReadableStream<BufferSource>({
    start(controller) {
      controller.enqueue(bytes.slice())
      controller.close()
    },
  })
  const parts: Uint8Array[] = []
  let length = 0
  const reader = source.pipeThrough(transform).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.length
    if (length > limitBytes) {
      await reader.cancel()
      throw new FlowSyncError('codec/malformed', `Malformed bytes: they inflate to more than ${limitBytes}.`)
    }
    parts.push(value)
  }
  const all = new Uint8Array(length)
  let end = 0
  for (const part of parts) {
    all.set(part, end)
    end += part.length
  }
  return all
}
