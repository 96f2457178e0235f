import 'server-only'
import { jwtVerify, SignJWT } from 'jose'
import { cookies } from 'next/headers'
import { required } from './environment.server'
import type { User } from './session'

const COOKIE = 'session'
const key = () => new TextEncoder().encode(required('SESSION_SECRET'))

/** Who is signed in, or null. */
export async function currentUser(): Promise<User | null> {
  const cookie = (await cookies()).get(COOKIE)
  if (!cookie) return null
  try {
    return (await jwtVerify<{ user: User }>(cookie.value, key())).payload.user
  } catch {
    return null // Expired, or signed with another secret.
  }
}

export async function signIn(user: User): Promise<void> {
  const cookie = await new SignJWT({ user })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1d')
    .sign(key())
  const jar = await cookies()
  jar.set(COOKIE, cookie, { httpOnly: true, sameSite: 'lax', path: '/' })
}

export async function signOut(): Promise<void> {
  const jar = await cookies()
  jar.delete(COOKIE)
}
