'use client'

import { SharedInput, TextFieldScript, useStream, useStreamModel, useTextField } from '@flowsync/react'
import { Tasks } from './tasks'

export function Document({ name }: { name: string }) {
  const { field, undo, redo, canUndo, canRedo } = useTextField(`doc:${name}`)
  const [title, setTitle] = useStreamModel(`title:${name}`)
  const [votes, , stream] = useStream(`votes:${name}`)

  return (
    <main>
      <h1>{name}</h1>
      <input aria-label="Title" value={title ?? ''} onChange={(event) => setTitle(event.target.value)} />
      <textarea aria-label="Text" rows={8} {...field} />
      <TextFieldScript />
      <button data-testid="undo" disabled={!canUndo} onClick={undo}>
        Undo
      </button>
      <button data-testid="redo" disabled={!canRedo} onClick={redo}>
        Redo
      </button>
      <SharedInput name={`doc:${name}-line`} aria-label="Line" />
      <button data-testid="vote" onClick={() => stream.increment()}>
        Vote
      </button>
      <output data-testid="votes" aria-label="Votes">
        {votes}
      </output>
      <Tasks name={name} />
    </main>
  )
}
