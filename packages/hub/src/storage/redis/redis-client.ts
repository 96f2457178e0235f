import { createError } from '@flowsync/protocol'
import { createClient, ErrorReply, RESP_TYPES } from 'redis'
import type { Script } from './script.js'

/** A connection that is made once. */
export type Client = ReturnType<typeof openClient>
export type Argument = string | Buffer

/**
 * A client that is not connected yet, gives bytes as Buffers, and does not connect again by itself.
 * @throws FlowSyncError `config/invalid` for a URL that is none
 */
export function openClient(url: string, timeoutMs: number) {
  try {
    const client = createClient({
      url,
      RESP: 2,
      name: `flowsync-log-${process.pid}`,
      disableOfflineQueue: true,
      commandOptions: { timeout: undefined, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
      // A connection is made anew by the next call, which must not pass before its life is known.
      socket: { connectTimeout: timeoutMs, reconnectStrategy: false },
    })
    // Without a listener an error of the connection would end the process; its calls tell of it.
    client.on('error', () => undefined)
    return client
  } catch {
    // The cause would carry the URL, and the URL a password.
    throw createError('config/invalid', 'The Redis URL is none; it looks like redis://localhost:6379')
  }
}

/** Runs a script by its name, or by its text where the server has forgotten it. */
export async function evaluateOn(
  client: Client,
  { sha, text }: Script,
  keys: readonly string[],
  args: readonly Argument[],
): Promise<unknown> {
  const rest = [String(keys.length), ...keys, ...args]
  try {
    return await client.sendCommand<unknown>(['EVALSHA', sha, ...rest])
  } catch (error) {
    if (!(error instanceof ErrorReply) || !error.message.startsWith('NOSCRIPT')) throw error
    return client.sendCommand<unknown>(['EVAL', text, ...rest])
  }
}
