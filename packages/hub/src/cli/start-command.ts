import { readFileSync } from 'node:fs'
import { createError } from '@flowsync/protocol'
import { type Command, Option } from 'commander'
import type { Authenticate } from '../auth/authenticate.js'
import { jwtAuth, type JwtKey } from '../auth/jwt-auth.js'
import { type RedisOptions, redisOptionsOf } from '../cluster/redis-options.js'
import type { CliIo } from './cli-io.js'
import { parseDuration } from './parse-duration.js'
import { LOG_LEVELS, parsePort, serve, type ServeOptions, streamsOf } from './serve.js'

interface StartOptions {
  readonly port: number
  readonly host: string
  readonly db: string
  readonly streams?: string
  readonly secret?: string
  readonly publicKey?: string
  readonly jwks?: string
  readonly audience?: string
  readonly issuer?: string
  readonly origin?: readonly string[]
  readonly redis?: string
  readonly redisPrefix?: string
  readonly logLevel: ServeOptions['logLevel']
  readonly drain: number
}

/** `flowsync start`: a hub for production. */
export function addStartCommand(program: Command, io: CliIo): void {
  program
    .command('start')
    .description('Start a hub')
    .addOption(
      new Option('-p, --port <port>', 'port to listen on')
        .env('FLOWSYNC_PORT')
        .argParser(parsePort)
        .default(8765),
    )
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--db <store>', 'SQLite file, :memory:, or a postgres:// or redis:// URL', 'flowsync.db')
    .option(
      '--streams <file>',
      'module that exports `streams`; default: doc, text, counter, set, guests, list, log, chat, register, map',
    )
    .addOption(
      new Option('--secret <secret>', 'secret of HS256 tokens; better in the environment').env(
        'FLOWSYNC_SECRET',
      ),
    )
    .option('--public-key <file>', 'PEM file with the Ed25519 key of EdDSA tokens')
    .option('--jwks <url>', 'key set of EdDSA tokens')
    .option('--audience <audience>', 'what tokens must name as `aud`')
    .option('--issuer <issuer>', 'what tokens must name as `iss`')
    .option('--origin <origin...>', 'web pages that may connect, such as https://app.example.com; * for all')
    .addOption(new Option('--redis <url>', 'links hubs that share one storage').env('FLOWSYNC_REDIS'))
    .option(
      '--redis-prefix <prefix>',
      'what names of channels begin with, where hubs of several storages share one Redis (default: "flowsync")',
    )
    .addOption(new Option('--log-level <level>', 'how much to log').choices(LOG_LEVELS).default('info'))
    .addOption(
      new Option('--drain <duration>', 'over how long clients are sent away at SIGTERM')
        .argParser(parseDuration)
        .default(2_000, '2s'),
    )
    .action(async (options: StartOptions) => {
      const origins = options.origin?.includes('*') ? '*' : options.origin
      const auth = authOf(options)
      const streams = await streamsOf(options.streams)
      const hub = await serve({ ...options, streams, origins, auth, redis: linkOf(options) })
      io.err(`FlowSync hub on ${hub.address?.url ?? ''}`)
    })
}

function linkOf({ redis, redisPrefix }: StartOptions): RedisOptions | undefined {
  if (redis !== undefined) return redisOptionsOf({ url: redis, channelPrefix: redisPrefix })
  if (redisPrefix === undefined) return undefined
  throw createError('config/invalid', '--redis-prefix is for hubs that --redis links.')
}

function authOf(options: StartOptions): Authenticate {
  const { audience, issuer } = options
  return jwtAuth({ ...keyOf(options), audience, issuer })
}

function keyOf({ secret, publicKey, jwks }: StartOptions): JwtKey {
  if (jwks !== undefined) return { jwksUrl: jwks }
  if (publicKey !== undefined) return { publicKey: readKeyFile(publicKey) }
  if (secret !== undefined) return { secret }
  throw createError(
    'config/invalid',
    'A hub needs a key to check tokens with: set FLOWSYNC_SECRET, or give --public-key or --jwks. For a try: flowsync dev',
  )
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw createError('config/invalid', `The key file ${file} cannot be read.`, { cause })
  }
}
