'use client'

import { TextFieldScript, useTextField } from '@flowsync/react'

/** A field whose undo has buttons. */
export function Undoable() {
  const { field, value, canUndo, undo, canRedo, redo } = useTextField('doc:undo')
  return (
    <main>
      <h1>Undo</h1>
      <textarea aria-label="Text" rows={8} {...field} />
      <TextFieldScript />
      <div className="row">
        <button data-testid="undo" disabled={!canUndo} onClick={undo}>
          Undo
        </button>
        <button data-testid="redo" disabled={!canRedo} onClick={redo}>
          Redo
        </button>
        <output>{value.length} characters</output>
      </div>
    </main>
  )
}
