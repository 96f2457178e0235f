import { signOut } from '#lib/server/session.ts'
import type { RequestHandler } from './$types'

export const POST: RequestHandler = ({ cookies }) => {
  signOut(cookies)
  return new Response(null, { status: 204 })
}
