import { json } from '@sveltejs/kit'
import { signIn } from '#lib/server/session.ts'
import { personOf } from '#lib/session.ts'
import type { RequestHandler } from './$types'

export const POST: RequestHandler = async ({ request, cookies }) => {
  const { name } = (await request.json()) as { name?: string }
  const user = personOf(name)
  if (!user) return new Response('No user has that name.', { status: 401 })
  signIn(cookies, user)
  return json(user)
}
