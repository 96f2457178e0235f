import { SharedTextarea } from '@flowsync/react'
import { Suspense } from 'react'
import { Shell } from '@/components/shell'

/**
 * The same file for everybody: who is signed in is asked by the browser. A client begins with random ids, which Next.js
 * keeps out of static files: hence Suspense.
 */
export default function StaticPage() {
  return (
    <Suspense fallback={<p>Loading…</p>}>
      <Shell>
        <main>
          <h1>A static page</h1>
          <form>
            <SharedTextarea name="doc:static" aria-label="Text" rows={8} />
            <button type="reset" data-testid="reset">
              Reset
            </button>
          </form>
        </main>
      </Shell>
    </Suspense>
  )
}
