import { tryGetServerData, type DehydratedState } from '@flowsync/core'
import { createHubToken } from '@flowsync/token'
import type { User } from '#lib/session.ts'

/** Where the hub is, for this server and for browsers alike. Read for each request: a build needs no environment. */
export const hubUrl = () => required('FLOWSYNC_HUB_URL')

/** What hub tokens are signed with. */
export const hubSecret = () => required('FLOWSYNC_SECRET')

/** The grants of a user at the hub. */
export function grantsOf({ role }: User): string[] {
  const action = role === 'editor' ? 'write' : 'read'
  return ['doc', 'title', 'votes', 'tasks'].map((kind) => `${action}:${kind}:*`)
}

/** Streams for the first paint, as a user may see them. Waits 0.8 s at most: without a hub the browser shows its own copy. */
export async function firstPaint(
  user: User | null,
  names: readonly string[],
  fetch: typeof globalThis.fetch,
): Promise<DehydratedState | undefined> {
  if (!user) return undefined
  const token = await createHubToken({ subject: user.id, grants: grantsOf(user), secret: hubSecret() })
  return tryGetServerData(hubUrl(), names, { token, fetch })
}

function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set.`)
  return value
}
