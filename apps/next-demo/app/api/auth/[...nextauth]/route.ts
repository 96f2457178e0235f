import NextAuth from 'next-auth'
import { authOptions } from '@/lib/auth'

// NextAuth's own type of what it returns is `any`.
const handler = NextAuth(authOptions) as (request: Request, context: unknown) => Promise<Response>

export { handler as GET, handler as POST }
