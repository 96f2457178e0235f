import type { IncomingMessage, ServerResponse } from 'node:http'
import { isFlowSyncError } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import { isOriginAllowed } from '../config/origins.js'
import { isWorkspaceName } from '../gateway/workspace.js'
import { describeError } from '../logging/logger.js'
import type { HttpContext } from './http-context.js'
import { HttpExchange } from './http-exchange.js'
import { pushIntent } from './push-intent.js'
import { getValue, hydrate } from './read-streams.js'

type Route = (exchange: HttpExchange) => Promise<void>

/** The HTTP API beside the sockets: for servers that render, for scripts and for load balancers. */
export function createHttpApi(
  context: HttpContext,
): (request: IncomingMessage, response: ServerResponse) => void {
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
  if (path === '/healthz') return routes({ GET: async (exchange) => exchange.answer(200, { status: 'ok' }) })
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

async function ready(context: HttpContext, exchange: HttpExchange): Promise<void> {
  await context.checkReady()
  exchange.answer(200, { status: 'ready' })
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch (cause) {
    throw createError('codec/malformed', 'The path is not valid percent-encoding.', { cause })
  }
}
