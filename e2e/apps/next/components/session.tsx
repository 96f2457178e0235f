'use client'

import { createContext, useContext, useState, type ReactNode } from 'react'
import type { Session } from '@/lib/session'

interface SessionState {
  /** What this page learned since it was loaded; undefined when the server's word still holds. */
  session: Session | undefined
  setSession: (session: Session) => void
}

const SessionContext = createContext<SessionState>({ session: undefined, setSession: () => undefined })

/** The signed-in user, for all layouts; changes without a page load. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<Session>()
  return <SessionContext value={{ session, setSession }}>{children}</SessionContext>
}

export const useSession = () => useContext(SessionContext)
