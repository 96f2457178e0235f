'use client'

import type { Receipt } from '@flowsync/core'
import { TextFieldScript, useTextField } from '@flowsync/react'
import { useState } from 'react'

/** A text area that several people write in at once. */
export function Editor({ slug }: { slug: string }) {
  const [problem, setProblem] = useState<string>()
  const [unsaved, setUnsaved] = useState(0)
  const fail = (error: unknown) => setProblem(String(error))
  const onEdit = ({ saved }: Receipt) => {
    setUnsaved((count) => count + 1)
    void saved.catch(fail).finally(() => setUnsaved((count) => count - 1))
  }
  const { field, value, access, pendingCount, isSynced, canUndo, canRedo, undo, redo } = useTextField(
    `doc:${slug}`,
    { onEdit, onError: fail },
  )

  const words = value.trim() === '' ? 0 : value.trim().split(/\s+/).length
  const queued = unsaved > 0 ? 'saving…' : 'saved on this device'
  const state = pendingCount > 0 ? queued : isSynced ? 'saved' : 'loading…'

  return (
    <section className="card editor" aria-labelledby="editor-title">
      <header>
        <h2 id="editor-title">{slug}</h2>
        {access !== 'read' && (
          <span className="history">
            <button className="quiet" disabled={!canUndo} onClick={undo} aria-label="Undo" title="Undo">
              ↶
            </button>
            <button className="quiet" disabled={!canRedo} onClick={redo} aria-label="Redo" title="Redo">
              ↷
            </button>
          </span>
        )}
        <span className="aside">
          {words} {words === 1 ? 'word' : 'words'} · {state}
        </span>
      </header>
      <textarea
        {...field}
        spellCheck={false}
        aria-label={`Text of ${slug}`}
        placeholder="Start writing. Open this page in a second window to see it there."
      />
      <TextFieldScript />
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  )
}
