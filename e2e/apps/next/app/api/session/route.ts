import { hubUrl } from '@/lib/environment.server'
import { currentUser } from '@/lib/session.server'

export async function GET(): Promise<Response> {
  return Response.json({ user: await currentUser(), hubUrl: hubUrl() })
}
