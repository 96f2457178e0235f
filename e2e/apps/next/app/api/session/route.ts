import { currentSession } from '@/lib/session.server'

export async function GET(): Promise<Response> {
  return Response.json(await currentSession())
}
