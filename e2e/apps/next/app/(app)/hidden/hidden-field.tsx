'use client'

import { SharedTextarea } from '@flowsync/react'
import { Activity, useState } from 'react'

/** A field that keeps its element while it is hidden. */
export function HiddenField() {
  const [isShown, setShown] = useState(true)
  return (
    <main>
      <button data-testid="toggle" onClick={() => setShown(!isShown)}>
        {isShown ? 'Hide' : 'Show'}
      </button>
      <Activity mode={isShown ? 'visible' : 'hidden'}>
        <SharedTextarea name="doc:hidden" aria-label="Text" rows={8} />
      </Activity>
    </main>
  )
}
