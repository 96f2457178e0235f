import type { Cookies } from '@sveltejs/kit'
import { jwtVerify, SignJWT } from 'jose'
import type { User } from '#lib/session.ts'
import { required } from './environment'

const COOKIE = 'session'
const key = () => new TextEncoder().encode(required('SESSION_SECRET'))

/** Who is signed in, or null. */
export async function readSession(cookies: Cookies): Promise<User | null> {
  const cookie = cookies.get(COOKIE)
  if (cookie === undefined) return null
  try {
    return (await jwtVerify<{ user: User }>(cookie, key())).payload.user
  } catch {
    return null // Expired, or signed with another secret.
  }
}

export async function signIn(cookies: Cookies, user: User): Promise<void> {
  const cookie = await new SignJWT({ user })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1d')
    .sign(key())
  cookies.set(COOKIE, cookie, { path: '/', httpOnly: true, sameSite: 'lax', secure: false })
}

export function signOut(cookies: Cookies): void {
  cookies.delete(COOKIE, { path: '/', secure: false })
}
