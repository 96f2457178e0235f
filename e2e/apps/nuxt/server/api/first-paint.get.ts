import { tryGetServerData, type DehydratedState } from '@flowsync/core'
import { createHubToken } from '@flowsync/token'

/** Streams as the user who is signed in may see them; null without a user, or without a hub. */
export default defineEventHandler(async (event): Promise<DehydratedState | null> => {
  const user = currentUser(event)
  if (!user) return null
  const token = await createHubToken({
    subject: user.id,
    grants: grantsOf(user),
    secret: hubSecret(),
    expiresInSeconds: 30,
  })
  const names = [getQuery<{ names?: string | string[] }>(event).names ?? []].flat()
  return (await tryGetServerData(hubUrl(), names, { token })) ?? null
})
