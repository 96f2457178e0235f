import { json } from '@sveltejs/kit'
import { signIn } from '#lib/server/session.ts'
import { people } from '#lib/session.ts'
import type { RequestHandler } from './$types'

export const POST: RequestHandler = async ({ request, cookies }) => {
  const { name } = (await request.json()) as { name: string }
  const user = people.find(({ id }) => id === name)
  if (!user) return new Response('Nobody has that name.', { status: 401 })
  await signIn(cookies, user)
  return json(user)
}
