'use client'

import { SharedTextarea } from '@flowsync/react'
import { Activity, useState } from 'react'

/** A field that keeps its element while it is hidden. */
export function HiddenField() {
  const [isShown, setShown] = useState(true)
  return (
    <main>
      <h1>Hide and show</h1>
      <Activity mode={isShown ? 'visible' : 'hidden'}>
        <SharedTextarea name="doc:hidden" aria-label="Text" rows={8} />
      </Activity>
      <button data-testid="toggle" onClick={() => setShown(!isShown)}>
        {isShown ? 'Hide' : 'Show'}
      </button>
    </main>
  )
}
