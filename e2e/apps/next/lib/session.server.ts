import 'server-only'
import { cookies } from 'next/headers'
import { hubUrl } from './hub.server'
import { personOf, type Session, type User } from './session'

// Everybody may be anybody here. The cookie of a real application is signed.
const COOKIE = 'user'

/** The signed-in user, or null. */
export async function currentUser(): Promise<User | null> {
  const jar = await cookies()
  return personOf(jar.get(COOKIE)?.value)
}

export async function currentSession(): Promise<Session> {
  return { user: await currentUser(), hubUrl: hubUrl() }
}

export async function signIn(user: User): Promise<void> {
  const jar = await cookies()
  jar.set(COOKIE, user.id, { httpOnly: true, sameSite: 'lax', path: '/' })
}

export async function signOut(): Promise<void> {
  const jar = await cookies()
  jar.delete(COOKIE)
}
