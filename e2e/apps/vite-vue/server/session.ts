import { jwtVerify, SignJWT } from 'jose'
import type { User } from '../src/session.ts'
import { required } from './environment.ts'

const attributes = 'Path=/; HttpOnly; SameSite=Lax'
const key = () => new TextEncoder().encode(required('SESSION_SECRET'))

/** Who is signed in, or null. */
export async function currentUser(request: Request): Promise<User | null> {
  const cookie = /(?:^|; )session=([^;]+)/.exec(request.headers.get('cookie') ?? '')?.[1]
  if (cookie === undefined) return null
  try {
    return (await jwtVerify<{ user: User }>(cookie, key())).payload.user
  } catch {
    return null // Expired, or signed with another secret.
  }
}

export async function sessionCookie(user: User): Promise<string> {
  const session = await new SignJWT({ user })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1d')
    .sign(key())
  return `session=${session}; ${attributes}`
}

export const clearedCookie = `session=; ${attributes}; Max-Age=0`
