import { createError } from '@flowsync/protocol'

/**
 * Which web pages may talk to the hub: `*` for all, a list of origins such as `https://app.example.com`,
 * or a function. Undefined: pages of the hub's own host name (on any port) and of localhost.
 */
export type Origins = '*' | readonly string[] | ((origin: string) => boolean)

const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Decides whether a request may come in. One without an `Origin` header is not from a web page and may:
 * its token decides.
 *
 * @param host the request's `Host` header
 */
export function isOriginAllowed(
  origins: Origins | undefined,
  origin: string | undefined,
  host: string | undefined,
): boolean {
  if (origin === undefined || origins === '*') return true
  if (typeof origins === 'function') return origins(origin)
  if (origins !== undefined) return origins.includes(origin)
  const from = hostnameOf(origin)
  return from !== undefined && (LOCAL.has(from) || from === hostnameOf(`http://${host ?? ''}`))
}

function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined
}

/** @throws FlowSyncError `config/invalid` for what no browser would send as an origin */
export function checkOrigins(origins: Origins | undefined): void {
  if (!Array.isArray(origins)) return
  for (const origin of origins as readonly string[]) {
    if (URL.canParse(origin) && new URL(origin).origin === origin) continue
    throw createError(
      'config/invalid',
      `"${origin}" is no origin. Write scheme, host and port alone, such as https://app.example.com`,
    )
  }
}
