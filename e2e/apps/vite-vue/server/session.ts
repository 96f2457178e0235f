import { personOf, type User } from '../src/session.ts'

// Everybody may be anybody here. The cookie of a real application is signed.
const attributes = 'Path=/; HttpOnly; SameSite=Lax'

/** The signed-in user, or null. */
export function currentUser(request: Request): User | null {
  const cookies = request.headers.get('cookie') ?? ''
  return personOf(/(?:^|; )user=([^;]+)/.exec(cookies)?.[1])
}

export const cookieOf = (user: User) => `user=${user.id}; ${attributes}`

export const clearedCookie = `user=; ${attributes}; Max-Age=0`
