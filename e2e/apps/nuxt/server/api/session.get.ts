import type { Session } from '~~/shared/session'

export default defineEventHandler(async (event): Promise<Session> => {
  return { user: await currentUser(event), hubUrl: hubUrl() }
})
