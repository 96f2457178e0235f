'use client'

import { bindTextField } from '@flowsync/core'
import { useStream } from '@flowsync/react'
import { useEffect, useRef, useState } from 'react'

/** A text area that several people write in at once. */
export function Editor({ slug }: { slug: string }) {
  const [value, , doc, { access, pendingCount, isSynced }] = useStream(`doc:${slug}`)
  const [initial] = useState(value)
  const [problem, setProblem] = useState<string>()
  const field = useRef<HTMLTextAreaElement>(null)

  useEffect(() => {
    if (!field.current) return
    return bindTextField(field.current, doc, { onError: (error) => setProblem(String(error)) })
  }, [doc])

  const words = value.trim() === '' ? 0 : value.trim().split(/\s+/).length
  const state = pendingCount > 0 ? 'saved on this device' : isSynced ? 'saved' : 'loading…'

  return (
    <section className="card editor" aria-labelledby="editor-title">
      <header>
        <h2 id="editor-title">{slug}</h2>
        <span className="aside">
          {words} {words === 1 ? 'word' : 'words'} · {state}
        </span>
      </header>
      <textarea
        ref={field}
        defaultValue={initial}
        readOnly={access === 'read'}
        spellCheck={false}
        aria-label={`Text of ${slug}`}
        placeholder="Start writing. Open this page in a second window to see it there."
      />
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  )
}
