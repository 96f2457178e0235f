import 'server-only'
import { getServerSession, type NextAuthOptions, type Session } from 'next-auth'
import Credentials from 'next-auth/providers/credentials'
import { createUser, type DemoUser, type Role } from './user'

/** A name is enough to come in; a real application puts its own provider here. */
export const authOptions: NextAuthOptions = {
  session: { strategy: 'jwt' },
  pages: { signIn: '/' },
  providers: [
    Credentials({
      name: 'A name',
      credentials: { name: { label: 'Name' }, role: { label: 'Role' } },
      authorize: (credentials) => createUser(credentials?.name ?? '', credentials?.role ?? ''),
    }),
  ],
  callbacks: {
    jwt: ({ token, user }) => (user ? { ...token, role: (user as DemoUser).role } : token),
    session: ({ session, token }) => ({
      ...session,
      user: { id: token.sub, name: token.name, role: token['role'] },
    }),
  },
}

/** Who is signed in, or undefined. */
export async function currentUser(): Promise<DemoUser | undefined> {
  const session = await getServerSession(authOptions)
  return session ? userOf(session) : undefined
}

export function userOf(session: Session): DemoUser | undefined {
  const user = session.user as Partial<DemoUser> | undefined
  return user?.id && user.name && user.role ? { id: user.id, name: user.name, role: user.role } : undefined
}

/** What a role may do on the hub. */
export function grantsOf(role: Role): string[] {
  const action = role === 'editor' ? 'write' : 'read'
  return ['doc', 'counter', 'guests', 'chat'].map((kind) => `${action}:${kind}:*`)
}
