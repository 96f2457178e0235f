import { people, type User } from '~~/shared/session'

export default defineEventHandler(async (event): Promise<User> => {
  const { name } = await readBody<{ name: string }>(event)
  const user = people.find(({ id }) => id === name)
  if (!user) throw createError({ statusCode: 401, statusMessage: 'Nobody has that name.' })
  const session = await cookieSession(event)
  await session.update({ user })
  return user
})
