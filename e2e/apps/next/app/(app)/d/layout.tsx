import { FlowSyncProvider } from '@flowsync/react'
import { Suspense, type ReactNode } from 'react'
import { documents, streamsOf } from '@/lib/documents'
import { firstPaint } from '@/lib/hub.server'
import { currentUser } from '@/lib/session.server'
import { SelectedDocument } from './selected-document'

/** Stays while the route below it changes: one document's fields become those of another. */
export default function DocumentsLayout({ children }: { children: ReactNode }) {
  return (
    <Suspense>
      <Loaded />
      {children}
    </Suspense>
  )
}

async function Loaded() {
  const hydrate = await firstPaint(await currentUser(), documents.flatMap(streamsOf))
  return (
    <FlowSyncProvider hydrate={hydrate}>
      <SelectedDocument />
    </FlowSyncProvider>
  )
}
