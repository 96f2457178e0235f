import { personOf, type User } from '~~/shared/session'

export default defineEventHandler(async (event): Promise<User> => {
  const { name } = await readBody<{ name: unknown }>(event)
  const user = personOf(name)
  if (!user) throw createError({ statusCode: 401, statusMessage: 'Nobody has that name.' })
  rememberUser(event, user)
  return user
})
