import type { H3Event } from 'h3'
import type { User } from '~~/shared/session'

/** The sealed cookie of h3. */
export function cookieSession(event: H3Event) {
  return useSession<{ user?: User }>(event, {
    name: 'session',
    password: required('SESSION_SECRET'),
    cookie: { httpOnly: true, sameSite: 'lax', secure: false },
  })
}

/** Who is signed in, or null. */
export async function currentUser(event: H3Event): Promise<User | null> {
  const { data } = await cookieSession(event)
  return data.user ?? null
}
