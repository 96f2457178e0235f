import { personOf, type User } from '~~/shared/session'

export default defineEventHandler(async (event): Promise<User> => {
  const body = await readBody<{ name?: unknown } | null>(event)
  const user = personOf(body?.name)
  if (!user) throw createError({ statusCode: 401, statusMessage: 'Nobody has that name.' })
  rememberUser(event, user)
  return user
})
