'use client'

import { useSelectedLayoutSegment } from 'next/navigation'
import { Document } from '@/components/document'

/**
 * The document of the route. Not by `useParams`: with Cache Components a layout that was left stays in the page, hidden,
 * and would be given the parameters of the page that is seen instead.
 */
export function SelectedDocument() {
  const slug = useSelectedLayoutSegment()
  return slug && <Document slug={slug} />
}
