'use client'

import { useFlowSync } from '@flowsync/react'
import type { ClientState } from '@flowsync/core'
import { signOut } from 'next-auth/react'
import type { DemoUser } from '@/lib/user'
import { Avatar } from './avatar'
import { Logo } from './logo'
import { ThemeToggle } from './theme-toggle'

const WORDS: Record<ClientState, { text: string; tone: 'good' | 'busy' | 'warn' | 'bad' }> = {
  live: { text: 'Online', tone: 'good' },
  syncing: { text: 'Syncing…', tone: 'busy' },
  connecting: { text: 'Connecting…', tone: 'busy' },
  draining: { text: 'Reconnecting…', tone: 'busy' },
  offline: { text: 'Offline', tone: 'warn' },
  'signed-out': { text: 'Signed out', tone: 'bad' },
  'needs-auth': { text: 'No access', tone: 'bad' },
  closed: { text: 'Closed', tone: 'bad' },
}

/** Connection, queue, the switch that simulates being offline, and who is here. */
export function StatusBar({ user }: { user: DemoUser }) {
  const { status, isOnline, pendingCount, goOffline, goOnline } = useFlowSync()
  const { text, tone } = WORDS[status]
  const isOffline = status === 'offline'

  return (
    <header className="top">
      <Logo />
      <span className="spacer" />
      {pendingCount > 0 && (
        <span className="queued" data-online={isOnline} role="status">
          {pendingCount} {pendingCount === 1 ? 'change' : 'changes'} queued
        </span>
      )}
      <span className="connection" data-tone={tone} data-testid="connection" role="status">
        {text}
      </span>
      <button
        className="switch"
        role="switch"
        aria-checked={isOffline}
        onClick={() => (isOffline ? goOnline() : goOffline())}
      >
        <span className="track" />
        <span>
          <span className="long">Simulate </span>offline
        </span>
      </button>
      <ThemeToggle />
      <span className="person">
        <Avatar name={user.name} />
        <span className="name">{user.name}</span>
      </span>
      <button className="quiet" onClick={() => void signOut({ callbackUrl: '/' })}>
        Leave
      </button>
    </header>
  )
}
