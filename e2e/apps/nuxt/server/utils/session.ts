import type { H3Event } from 'h3'
import { personOf, type User } from '~~/shared/session'

// Everybody may be anybody here. The cookie of a real application is sealed: see `useSession` of h3.
const COOKIE = 'user'

/** The signed-in user, or null. */
export function currentUser(event: H3Event): User | null {
  return personOf(getCookie(event, COOKIE))
}

export function rememberUser(event: H3Event, user: User): void {
  setCookie(event, COOKIE, user.id, { httpOnly: true, sameSite: 'lax', path: '/' })
}

export function forgetUser(event: H3Event): void {
  deleteCookie(event, COOKIE, { path: '/' })
}
