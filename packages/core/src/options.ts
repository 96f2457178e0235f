import { createError, createSystem, type StreamDefinitions, type System } from '@flowsync/protocol'
import type { ClientOptions } from './client-types.js'
import { createHost, type Host } from './host.js'
import { socketTransport } from './session/socket-transport.js'
import type { Transport } from './session/transport.js'
import type { ClientStorage } from './storage/driver.js'
import { browserStorage } from './storage/browser-storage.js'
import { memory } from './storage/memory.js'

/** Options with everything filled in. */
export interface ResolvedOptions<S extends StreamDefinitions> {
  readonly url: string
  readonly workspace: string
  readonly streams: S
  readonly token: ClientOptions<S>['token']
  readonly subject: string | null | undefined
  readonly storage: ClientStorage
  readonly connect: boolean
  readonly transport: Transport
  readonly system: System
  readonly host: Host
}

/** As hubs name namespaces. */
const WORKSPACE = /^[A-Za-z0-9][\w.-]{0,63}$/
const PROTOCOL = /^(https?|wss?):$/

/** @throws FlowSyncError `config/invalid`; the message names the option */
export function resolveOptions<S extends StreamDefinitions>(options: ClientOptions<S>): ResolvedOptions<S> {
  const { url, workspace = 'default', streams, token, subject, transport } = options
  const host = options.host ?? createHost()
  if (!URL.canParse(url) || !PROTOCOL.test(new URL(url).protocol))
    throw invalid('url', 'an http(s) or ws(s) address')
  if (!WORKSPACE.test(workspace))
    throw invalid('workspace', '1 to 64 letters, digits, `_`, `-` or `.`, the first a letter or digit')
  if (typeof token !== 'function') throw invalid('token', 'a function that returns a token')
  if (typeof streams?.ruleFor !== 'function') throw invalid('streams', 'the result of defineStreams')
  if (subject === '')
    throw invalid('subject', 'the `sub` of the token, not empty, or null while nobody is signed in')
  return {
    url,
    workspace,
    streams,
    token,
    subject,
    storage: options.storage ?? (host.isBrowser ? browserStorage() : memory()),
    connect: options.connect ?? (host.isBrowser || transport !== undefined),
    transport: transport ?? socketTransport(),
    system: options.system ?? createSystem(),
    host,
  }
}

function invalid(option: string, expected: string): Error {
  return createError('config/invalid', `createClient: \`${option}\` must be ${expected}.`, {
    details: { option },
  })
}
