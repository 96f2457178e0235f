'use client'

import { useFlowSync } from '@flowsync/react'
import Link from 'next/link'
import { people, type User } from '@/lib/session'

const paths = ['/', '/d/a', '/d/b', '/nested/a', '/nested/b', '/undo', '/static', '/hidden']

interface BarProps {
  user: User | null
  onUser: (user: User | null) => void
}

/** Links, and who is signed in: changed without a page load. */
export function Bar({ user, onUser }: BarProps) {
  const { status, pendingCount } = useFlowSync()

  async function signIn(name: string): Promise<void> {
    const response = await post('/api/sign-in', { name })
    onUser((await response.json()) as User)
  }

  async function signOut(): Promise<void> {
    await post('/api/sign-out')
    onUser(null)
  }

  return (
    <header>
      <nav aria-label="Pages">
        {paths.map((path) => (
          <Link key={path} href={path} data-testid={`to-${path}`}>
            {path}
          </Link>
        ))}
      </nav>
      <p role="status">
        <b data-testid="user">{user?.name ?? 'nobody'}</b> is <span data-testid="connection">{status}</span>,{' '}
        <span data-testid="pending">{pendingCount}</span> unsent
      </p>
      <div className="row">
        {people.map(({ id, name, role }) => (
          <button key={id} data-testid={`sign-in-${id}`} onClick={() => signIn(id)}>
            {name}, {role}
          </button>
        ))}
        <button data-testid="sign-out" onClick={signOut}>
          Sign out
        </button>
      </div>
    </header>
  )
}

async function post(path: string, body: unknown = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${path} answered ${response.status}.`)
  return response
}
