import type { IncomingMessage, ServerResponse } from 'node:http'
import { isFlowSyncError } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import { isOriginAllowed } from '../config/origins.js'
import { isWorkspaceName } from '../gateway/workspace.js'
import { BucketTable } from '../limit/bucket-table.js'
import type { StorageState } from '../log/storage-health.js'
import { describeError } from '../logging/logger.js'
import type { HttpContext } from './http-context.js'
import { HttpExchange } from './http-exchange.js'
import { pushIntent } from './push-intent.js'
import { getValue, hydrate } from './read-streams.js'

const READY_TIMEOUT_MS = 2_000

type Route = (exchange: HttpExchange) => Promise<void>

/** The HTTP API beside the sockets: for servers that render, for scripts and for load balancers. */
export function createHttpApi(
  options: Omit<HttpContext, 'requests'>,
): (request: IncomingMessage, response: ServerResponse) => void {
  const context = { ...options, requests: new BucketTable(options.limits.requests) }
  return (request, response) => {
    const exchange = new HttpExchange(request, response)
    serve(context, exchange).catch((error: unknown) => {
      if (!isFlowSyncError(error)) context.logger.error(describeError(error), 'an HTTP request failed')
      exchange.refuse(error)
    })
  }
}

async function serve(context: HttpContext, exchange: HttpExchange): Promise<void> {
  const origin = exchange.header('origin')
  if (!isOriginAllowed(context.origins, origin, exchange.header('host'))) {
    throw createError('acl/denied', 'Pages of this origin may not use the hub.')
  }
  if (origin !== undefined) exchange.allowOrigin(origin)
  const routes = routesOf(context, exchange.url.pathname)
  if (!routes) throw createError('http/not-found', 'There is nothing at this path.')
  if (exchange.method === 'OPTIONS') return exchange.answer(204)
  const route = routes[exchange.method]
  if (!route)
    throw createError('http/method-not-allowed', `This path takes ${Object.keys(routes).join(', ')}.`)
  await route(exchange)
}

function routesOf(context: HttpContext, path: string): Readonly<Record<string, Route>> | undefined {
  if (path === '/healthz') return routes({ GET: async (exchange) => healthy(context, exchange) })
  if (path === '/readyz') return routes({ GET: (exchange) => ready(context, exchange) })
  const [, version, workspace = '', kind, ...rest] = path.split('/').map(decode)
  if (version !== 'v1' || !isWorkspaceName(workspace)) return undefined
  if (kind === 'hydrate' && rest.length === 0) {
    return routes({ GET: (exchange) => hydrate(context, exchange, workspace) })
  }
  const [stream] = rest
  if (kind !== 'streams' || rest.length !== 1 || stream === undefined) return undefined
  return routes({
    GET: (exchange) => getValue(context, exchange, workspace, stream),
    POST: (exchange) => pushIntent(context, exchange, workspace, stream),
  })
}

/** Without a prototype: a method called `constructor` has no route. */
function routes(table: Readonly<Record<string, Route>>): Readonly<Record<string, Route>> {
  return Object.assign(Object.create(null) as Record<string, Route>, table)
}

/** The process lives. Asks nobody: a storage that hangs must not get the hub restarted. */
function healthy({ log }: HttpContext, exchange: HttpExchange): void {
  exchange.answer(200, { status: 'ok', storage: storageOf(log.health.state) })
}

/**
 * The hub should get traffic. Also while its storage takes no writes: reading and following go on, and the hubs beside it
 * write to the same storage.
 */
async function ready(context: HttpContext, exchange: HttpExchange): Promise<void> {
  let cancel = (): void => undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    const error = createError('storage/unavailable', 'The storage does not answer in time.')
    cancel = context.system.setTimer(READY_TIMEOUT_MS, () => reject(error))
  })
  try {
    await Promise.race([context.checkReady(), tooLate])
  } finally {
    cancel()
  }
  exchange.answer(200, { status: 'ready', storage: storageOf(context.log.health.state) })
}

function storageOf(state: StorageState): object {
  if (state.kind === 'well') return { state: 'ok' }
  return { state: 'read-only', reason: state.reason.code, sinceMs: state.sinceMs }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch (cause) {
    throw createError('codec/malformed', 'The path is not valid percent-encoding.', { cause })
  }
}
