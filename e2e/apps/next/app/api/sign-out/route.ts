import { signOut } from '@/lib/session.server'

export async function POST(): Promise<Response> {
  await signOut()
  return new Response(null, { status: 204 })
}
