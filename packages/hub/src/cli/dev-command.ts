import { join } from 'node:path'
import { createHubToken } from '@flowsync/token'
import type { Command } from 'commander'
import { jwtAuth } from '../auth/jwt-auth.js'
import { bold, type CliIo } from './cli-io.js'
import { devSecret } from './dev-secret.js'
import { endWithNpx } from './end-with-npx.js'
import { firstSteps } from './first-steps.js'
import { parsePort, serve, streamsOf } from './serve.js'
import { shownStorage } from './storage-of.js'

const FOLDER = '.flowsync'
const TOKEN_SECONDS = 86_400

interface DevOptions {
  readonly port: number
  readonly host: string
  readonly db: string
  readonly streams?: string
  readonly json?: boolean
}

/** `flowsync dev`: a hub without any configuration, with a token to try it. */
export function addDevCommand(program: Command, io: CliIo): void {
  program
    .command('dev')
    .description(
      'Start a hub for development: SQLite in .flowsync/, a secret and a token that may do everything in every workspace, for a day',
    )
    .option('-p, --port <port>', 'port to listen on; 0 for any free one', parsePort, 8765)
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--db <store>', 'SQLite file, :memory:, or a postgres:// or redis:// URL', join(FOLDER, 'hub.db'))
    .option(
      '--streams <file>',
      'module that exports `streams`; default: doc, text, counter, set, guests, list, log, chat, register',
    )
    .option('--json', 'print one line of JSON instead of text')
    .action(async (options: DevOptions) => {
      const secret = io.env['FLOWSYNC_SECRET'] ?? devSecret(join(FOLDER, 'secret'))
      const streams = await streamsOf(options.streams)
      const hub = await serve({ ...options, streams, auth: jwtAuth({ secret }), logLevel: 'warn' })
      endWithNpx(io.env)
      const url = hub.address?.url ?? ''
      const token = await createHubToken({
        subject: 'dev',
        grants: ['admin:*'],
        secret,
        workspace: '*',
        expiresInSeconds: TOKEN_SECONDS,
      })
      if (options.json) {
        io.out(JSON.stringify({ url, secret, token, db: shownStorage(options.db) }))
        return
      }
      io.out(`${bold(io, 'FlowSync hub')} for development, stop it with Ctrl-C

  url     ${url}
  data    ${shownStorage(options.db)}
  secret  ${secret}
  token   ${token}

Try it:
  ${[`export FLOWSYNC_URL=${url} FLOWSYNC_TOKEN=${token}`, ...firstSteps(streams)].join('\n  ')}`)
    })
}
