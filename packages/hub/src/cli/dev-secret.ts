import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const SECRET_BYTES = 36

/** The secret for development: the one in the file, or a new one that is written there for the next start. */
export function devSecret(file: string): string {
  const known = readIfThere(file)
  if (known !== undefined && known !== '') return known
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  const folder = dirname(file)
  mkdirSync(folder, { recursive: true })
  // Neither secret nor data belong into a repository.
  writeFileSync(join(folder, '.gitignore'), '*\n')
  writeFileSync(file, `${secret}\n`, { mode: 0o600 })
  return secret
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
