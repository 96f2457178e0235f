import { tryGetServerData, type DehydratedState } from '@flowsync/core'
import { createHubToken } from '@flowsync/token'
import type { User } from '#lib/session.ts'
import { hubSecret, hubUrl } from './environment'

/** What a user may do at the hub. */
export function grantsOf({ role }: User): string[] {
  const action = role === 'editor' ? 'write' : 'read'
  return ['doc', 'title', 'votes', 'tasks'].map((kind) => `${action}:${kind}:*`)
}

/** Streams for the first paint, as a user may see them. Without a hub the browser shows its own copy. */
export async function firstPaint(
  user: User | null,
  names: readonly string[],
  fetch: typeof globalThis.fetch,
): Promise<DehydratedState | undefined> {
  if (!user) return undefined
  const token = await createHubToken({
    subject: user.id,
    grants: grantsOf(user),
    secret: hubSecret(),
    expiresInSeconds: 30,
  })
  return tryGetServerData(hubUrl(), names, { token, fetch })
}
