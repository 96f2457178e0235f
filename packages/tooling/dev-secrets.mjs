import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { readJson } from './json.mjs'

const names = /** @type {const} */ (['FLOWSYNC_SECRET', 'NEXTAUTH_SECRET'])

/**
 * The secrets that hub and demo share on this machine: from the environment, else from the file in the data folder,
 * else new ones. They are kept, so that sessions and tokens outlive a restart.
 *
 * @param {string} dataDirectory
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Record<'FLOWSYNC_SECRET' | 'NEXTAUTH_SECRET', string>}
 */
export function devSecrets(dataDirectory, env = process.env) {
  const file = join(dataDirectory, 'dev-secrets.json')
  const kept = /** @type {Partial<Record<string, string>>} */ (existsSync(file) ? readJson(file) : {})
  const secretOf = (/** @type {typeof names[number]} */ name) =>
    env[name] || kept[name] || randomBytes(32).toString('base64url')
  const secrets = {
    FLOWSYNC_SECRET: secretOf('FLOWSYNC_SECRET'),
    NEXTAUTH_SECRET: secretOf('NEXTAUTH_SECRET'),
  }
  // What the environment gave stays out of the file.
  const toKeep = Object.fromEntries(names.flatMap((name) => (env[name] ? [] : [[name, secrets[name]]])))
  if (names.some((name) => toKeep[name] !== undefined && toKeep[name] !== kept[name])) {
    mkdirSync(dataDirectory, { recursive: true })
    writeFileSync(file, `${JSON.stringify({ ...kept, ...toKeep }, null, 2)}\n`, { mode: 0o600 })
  }
  return secrets
}
