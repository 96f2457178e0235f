import { createError, createSystem } from '@flowsync/protocol'
import { createHubToken } from '@flowsync/token'
import { type Command, Option } from 'commander'
import { parseGrants } from '../acl/grants.js'
import type { CliIo } from './cli-io.js'
import { parseDuration } from './parse-duration.js'

interface TokenOptions {
  readonly sub: string
  readonly grant: readonly string[]
  readonly workspace: readonly string[]
  readonly expires: number
  readonly audience?: string
  readonly issuer?: string
  readonly secret?: string
  readonly json?: boolean
}

/** `flowsync token`: a token for scripts and tests. */
export function addTokenCommand(program: Command, io: CliIo): void {
  program
    .command('token')
    .description('Make a token that a hub with the same secret accepts')
    .requiredOption('--sub <subject>', 'whom the token names')
    .addOption(
      new Option('--grant <grant...>', 'such as write:doc:* or read:chat:lobby').default(
        [],
        'none, and the token allows nothing',
      ),
    )
    .option('--workspace <workspace...>', 'where it is valid; * for all workspaces', ['default'])
    .addOption(
      new Option('--expires <duration>', '90s, 15m, 12h, 30d or never')
        .argParser(parseDuration)
        .default(parseDuration('1h'), '1h'),
    )
    .option('--audience <audience>', 'the claim `aud`')
    .option('--issuer <issuer>', 'the claim `iss`')
    .addOption(new Option('--secret <secret>', 'better in the environment').env('FLOWSYNC_SECRET'))
    .option('--json', 'print JSON')
    .action(async ({ sub, grant, workspace, expires, audience, issuer, secret, json }: TokenOptions) => {
      if (secret === undefined) {
        throw createError(
          'config/invalid',
          'There is no secret to sign with: set FLOWSYNC_SECRET or give --secret.',
        )
      }
      for (const each of grant) {
        if (parseGrants([each]).length > 0) continue
        throw createError(
          'config/invalid',
          `"${each}" is no grant: write read:, write: or admin: and a pattern, such as write:doc:*`,
        )
      }
      const expiresAtMs = expires === 0 ? 0 : createSystem().nowMs() + expires
      const token = await createHubToken({
        subject: sub,
        grants: grant,
        secret,
        workspace,
        expiresInSeconds: expires === 0 ? 'never' : expires / 1_000,
        audience,
        issuer,
      })
      io.out(json ? JSON.stringify({ token, sub, grants: grant, workspace, expiresAtMs }) : token)
    })
}
