import { SharedTextarea } from '@flowsync/react'
import { Suspense } from 'react'
import { Shell } from '@/components/shell'

/** The same for everybody: who is signed in is asked by the browser. */
export default function StaticPage() {
  return (
    <Suspense>
      <Shell>
        <main>
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
