'use client'

import type { DehydratedState } from '@flowsync/core'
import { fetchToken } from '@flowsync/next/client'
import { FlowSyncProvider } from '@flowsync/react'
import { streams } from '@/lib/streams'
import type { DemoUser } from '@/lib/user'
import { Chat } from './chat'
import { Counters } from './counters'
import { Editor } from './editor'
import { Guests } from './guests'
import { Notices } from './notices'
import { StatusBar } from './status-bar'

const hubToken = () => fetchToken('/api/flowsync/token', { method: 'POST' })

export interface WorkspaceProps {
  slug: string
  user: DemoUser
  hubUrl: string
  /** What the server read from the hub; undefined when the hub could not be reached. */
  hydrate: DehydratedState | undefined
}

export function Workspace({ slug, user, hubUrl, hydrate }: WorkspaceProps) {
  return (
    <FlowSyncProvider url={hubUrl} streams={streams} subject={user.id} token={hubToken} hydrate={hydrate}>
      <div className="workspace">
        <StatusBar user={user} />
        <main className="page">
          <Notices slug={slug} />
          <div className="board">
            <Editor slug={slug} />
            <aside>
              <Counters slug={slug} />
              <Guests slug={slug} />
              <Chat slug={slug} user={user} />
            </aside>
          </div>
        </main>
      </div>
    </FlowSyncProvider>
  )
}
