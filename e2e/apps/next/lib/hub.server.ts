import 'server-only'
import { createHubToken, tryGetServerData, type DehydratedState } from '@flowsync/next'
import { hubSecret, hubUrl } from './environment.server'
import { currentUser } from './session.server'
import type { User } from './session'

/** What a user may do at the hub. */
export function grantsOf({ role }: User): string[] {
  const action = role === 'editor' ? 'write' : 'read'
  return ['doc', 'title', 'votes', 'tasks'].map((kind) => `${action}:${kind}:*`)
}

/** Streams for the first paint, as the user who is signed in may see them. Without a hub the browser shows its own copy. */
export async function firstPaint(names: readonly string[]): Promise<DehydratedState | undefined> {
  const user = await currentUser()
  if (!user) return undefined
  const token = await createHubToken({
    subject: user.id,
    grants: grantsOf(user),
    secret: hubSecret(),
    expiresInSeconds: 30,
  })
  return tryGetServerData(hubUrl(), names, { token })
}
