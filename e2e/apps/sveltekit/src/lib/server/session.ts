import type { Cookies } from '@sveltejs/kit'
import { personOf, type User } from '#lib/session.ts'

// Everybody may be anybody here. The cookie of a real application is signed.
const COOKIE = 'user'
const ATTRIBUTES = { path: '/', httpOnly: true, sameSite: 'lax', secure: false } as const

/** The signed-in user, or null. */
export const readUser = (cookies: Cookies): User | null => personOf(cookies.get(COOKIE))

export function signIn(cookies: Cookies, user: User): void {
  cookies.set(COOKIE, user.id, ATTRIBUTES)
}

export function signOut(cookies: Cookies): void {
  cookies.delete(COOKIE, ATTRIBUTES)
}
