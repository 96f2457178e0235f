'use client'

import { fetchToken } from '@flowsync/core'
import { FlowSyncProvider } from '@flowsync/react'
import { useRouter } from 'next/navigation'
import { useEffect, type ReactNode } from 'react'
import type { Session, User } from '@/lib/session'
import { streams } from '@/lib/streams'
import { Bar } from './bar'
import { useSession } from './session'

const token = () => fetchToken('/api/flowsync/token')
/** Until a static page has asked who is signed in. Nobody connects to a hub. */
const NOBODY: Session = { user: null, hubUrl: 'https://hub.invalid' }

interface ShellProps {
  /** The session that the server knew. Without it, on a static page, the browser asks. */
  served?: Session
  children: ReactNode
}

/** The bar of a page, and the client of whoever is signed in. */
export function Shell({ served, children }: ShellProps) {
  const { session: learned, setSession } = useSession()
  const session = learned ?? served ?? NOBODY
  const isUnknown = learned === undefined && served === undefined
  const router = useRouter()

  useEffect(() => {
    if (!isUnknown) return
    const controller = new AbortController()
    fetchSession(controller.signal).then(setSession, (error: unknown) => {
      if (!controller.signal.aborted) console.error(error)
    })
    return () => controller.abort()
  }, [isUnknown, setSession])

  function onUser(user: User | null): void {
    setSession({ ...session, user })
    // Takes pages that the server renders for the new user, and none of the former one from the router's cache.
    router.refresh()
  }

  return (
    <FlowSyncProvider url={session.hubUrl} streams={streams} subject={session.user?.id ?? null} token={token}>
      <Bar user={session.user} onUser={onUser} />
      {children}
    </FlowSyncProvider>
  )
}

async function fetchSession(signal: AbortSignal): Promise<Session> {
  const response = await fetch('/api/session', { signal })
  return (await response.json()) as Session
}
