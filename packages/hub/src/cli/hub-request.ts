import { FlowSyncError } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import type { CliIo } from './cli-io.js'

/** Which hub, as whom. */
export interface HubTarget {
  readonly url: string
  readonly token: string
  readonly workspace: string
}

/** What somebody at a shell can do about it, which a hub does not tell strangers. */
const ADVICE: Readonly<Record<string, string>> = {
  'auth/token-invalid': ' Was it made with the secret of this hub?',
  'acl/denied': ' Make a token that has the grant: flowsync token --grant …',
}

/**
 * Sends one request to a stream of a hub's HTTP API.
 * @throws FlowSyncError what the hub answered, or `network/unreachable`
 */
export async function requestStream(
  io: CliIo,
  { url, token, workspace }: HubTarget,
  stream: string,
  body?: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  if (!URL.canParse(url)) {
    throw createError(
      'config/invalid',
      `${JSON.stringify(url)} is no URL: it looks like http://127.0.0.1:8765`,
    )
  }
  const address = `${url.replace(/\/$/, '')}/v1/${encodeURIComponent(workspace)}/streams/${encodeURIComponent(stream)}`
  const response = await send(io, address, url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const answer = await readAnswer(response, url)
  if (response.ok) return answer
  const { error } = answer as {
    readonly error?: { code: string; message: string; details: Record<string, unknown> }
  }
  if (!error) throw notAHub(url)
  const message = error.message + (ADVICE[error.code] ?? '')
  throw new FlowSyncError(error.code, message, { details: error.details })
}

async function send(io: CliIo, address: string, url: string, init: RequestInit): Promise<Response> {
  try {
    return await io.fetch(address, init)
  } catch (cause) {
    throw createError('network/unreachable', `No hub answers at ${url}. Start one with: npx flowsync dev`, {
      cause,
    })
  }
}

async function readAnswer(response: Response, url: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await response.json()) as Readonly<Record<string, unknown>>
  } catch (cause) {
    throw notAHub(url, cause)
  }
}

function notAHub(url: string, cause?: unknown): Error {
  return createError('network/unreachable', `What answers at ${url} is no FlowSync hub.`, { cause })
}
