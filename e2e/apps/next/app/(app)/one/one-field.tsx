'use client'

import { SharedTextarea } from '@flowsync/react'
import { useParams } from 'next/navigation'

export function OneField() {
  const { name } = useParams<{ name: string }>()
  return (
    <main>
      <h1>{name}</h1>
      <SharedTextarea name={`doc:${name}`} aria-label="Text" rows={8} />
    </main>
  )
}
