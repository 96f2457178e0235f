import { Suspense, type ReactNode } from 'react'
import { Shell } from '@/components/shell'
import { currentSession } from '@/lib/session.server'

/** Pages that are rendered for the user who asks. */
export default function AppLayout({ children }: { children: ReactNode }) {
  return (
    <Suspense>
      <SignedIn>{children}</SignedIn>
    </Suspense>
  )
}

async function SignedIn({ children }: { children: ReactNode }) {
  return <Shell served={await currentSession()}>{children}</Shell>
}
