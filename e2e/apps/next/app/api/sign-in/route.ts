import { personOf } from '@/lib/session'
import { signIn } from '@/lib/session.server'

export async function POST(request: Request): Promise<Response> {
  const { name } = (await request.json()) as { name?: string }
  const user = personOf(name)
  if (!user) return new Response('No user has that name.', { status: 401 })
  await signIn(user)
  return Response.json(user)
}
