'use client'

import { fetchToken } from '@flowsync/next/client'
import { FlowSyncProvider } from '@flowsync/react'
import { useRouter } from 'next/navigation'
import { useEffect, useState, type ReactNode } from 'react'
import type { Session, User } from '@/lib/session'
import { streams } from '@/lib/streams'
import { Bar } from './bar'

const token = () => fetchToken('/api/flowsync/token')
/** Until a static page has asked who is signed in. */
const NOBODY: Session = { user: null, hubUrl: 'http://127.0.0.1:8765' }

interface ShellProps {
  /** What the server knew; a static page asks itself. */
  session?: Session
  children: ReactNode
}

/** Who is signed in, and the client that follows. */
export function Shell({ session: served, children }: ShellProps) {
  const [session, setSession] = useState(served ?? NOBODY)
  const router = useRouter()

  useEffect(() => {
    if (!served) void loadSession().then(setSession)
  }, [served])

  function onUser(user: User | null): void {
    setSession({ ...session, user })
    router.refresh()
  }

  return (
    <FlowSyncProvider url={session.hubUrl} streams={streams} subject={session.user?.id ?? null} token={token}>
      <Bar user={session.user} onUser={onUser} />
      {children}
    </FlowSyncProvider>
  )
}

async function loadSession(): Promise<Session> {
  const response = await fetch('/api/session')
  return (await response.json()) as Session
}
