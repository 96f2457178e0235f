'use client'

import { bindTextField } from '@flowsync/core'
import { useStream } from '@flowsync/react'
import { useEffect, useRef, useState } from 'react'

/** A text area that several people write in at once. */
export function Editor({ slug }: { slug: string }) {
  const [value, , doc, { access, pendingCount, isSynced }] = useStream(`doc:${slug}`)
  const [initial] = useState(value)
  const [problem, setProblem] = useState<string>()
  const [unsaved, setUnsaved] = useState(0)
  const field = useRef<HTMLTextAreaElement>(null)

  useEffect(() => {
    if (!field.current) return
    const fail = (error: unknown) => setProblem(String(error))
    const text = {
      get value() {
        return doc.value
      },
      onDelta: doc.onDelta.bind(doc),
      replace(position: number, length: number, insert: string) {
        const receipt = doc.replace(position, length, insert)
        if (!receipt) return
        setUnsaved((count) => count + 1)
        void receipt.saved.catch(fail).finally(() => setUnsaved((count) => count - 1))
      },
    }
    return bindTextField(field.current, text, { onError: fail })
  }, [doc])

  const words = value.trim() === '' ? 0 : value.trim().split(/\s+/).length
  const queued = unsaved > 0 ? 'saving…' : 'saved on this device'
  const state = pendingCount > 0 ? queued : isSynced ? 'saved' : 'loading…'

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
