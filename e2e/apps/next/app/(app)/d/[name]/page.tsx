import { FlowSyncProvider } from '@flowsync/react'
import { Suspense } from 'react'
import { Document } from '@/components/document'
import { firstPaint } from '@/lib/hub.server'

interface Props {
  params: Promise<{ name: string }>
}

export default function DocumentPage({ params }: Props) {
  return (
    <Suspense>
      <Loaded params={params} />
    </Suspense>
  )
}

async function Loaded({ params }: Props) {
  const { name } = await params
  const hydrate = await firstPaint(['doc', 'title', 'votes', 'tasks'].map((kind) => `${kind}:${name}`))
  return (
    <FlowSyncProvider hydrate={hydrate}>
      <Document name={name} />
    </FlowSyncProvider>
  )
}
