'use client'

import { useFlowSync } from '@flowsync/react'
import { people, type User } from '@/lib/session'

interface BarProps {
  user: User | null
  onUser: (user: User | null) => void
}

/** Signs in and out without a page load, and shows where the client stands. */
export function Bar({ user, onUser }: BarProps) {
  const { status, pendingCount } = useFlowSync()

  async function signIn(name: string): Promise<void> {
    const response = await fetch('/api/sign-in', { method: 'POST', body: JSON.stringify({ name }) })
    onUser((await response.json()) as User)
  }

  async function signOut(): Promise<void> {
    await fetch('/api/sign-out', { method: 'POST' })
    onUser(null)
  }

  return (
    <header>
      <b data-testid="user">{user?.name ?? 'nobody'}</b> <span data-testid="connection">{status}</span>{' '}
      <span data-testid="pending">{pendingCount}</span>
      {people.map(({ id, name, role }) => (
        <button key={id} data-testid={`sign-in-${id}`} onClick={() => signIn(id)}>
          {name}, {role}
        </button>
      ))}
      <button data-testid="sign-out" onClick={signOut}>
        Sign out
      </button>
    </header>
  )
}
