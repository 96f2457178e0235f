export default defineEventHandler(async (event) => {
  const session = await cookieSession(event)
  await session.clear()
  return null
})
