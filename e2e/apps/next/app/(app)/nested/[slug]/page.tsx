import { FlowSyncProvider } from '@flowsync/react'
import { Suspense } from 'react'
import { Document } from '@/components/document'
import { streamsOf } from '@/lib/documents'
import { firstPaint } from '@/lib/hub.server'
import { currentUser } from '@/lib/session.server'

type Props = PageProps<'/nested/[slug]'>

/** A page of its own for each document. Next.js keeps the one that is left, hidden, and shows it again on Back. */
export default function NestedPage({ params }: Props) {
  return (
    <Suspense>
      <Loaded params={params} />
    </Suspense>
  )
}

async function Loaded({ params }: Pick<Props, 'params'>) {
  const { slug } = await params
  const hydrate = await firstPaint(await currentUser(), streamsOf(slug))
  return (
    <FlowSyncProvider hydrate={hydrate}>
      <Document slug={slug} />
    </FlowSyncProvider>
  )
}
