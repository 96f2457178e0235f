'use client'

import { SharedInput, SharedTextarea, useStream, useStreamModel } from '@flowsync/react'
import { Tasks } from './tasks'

/** All that is shared about one document. */
export function Document({ slug }: { slug: string }) {
  const [title, setTitle] = useStreamModel(`title:${slug}`)
  const [votes, , stream] = useStream(`votes:${slug}`)

  return (
    <main>
      <h1>Document {slug}</h1>
      <label>
        Title
        <input aria-label="Title" value={title ?? ''} onChange={(event) => setTitle(event.target.value)} />
      </label>
      <label>
        Text
        <SharedTextarea name={`doc:${slug}`} aria-label="Text" rows={8} />
      </label>
      <label>
        Line
        <SharedInput name={`doc:${slug}-line`} aria-label="Line" />
      </label>
      <div className="row">
        <button data-testid="vote" onClick={() => stream.increment()}>
          Vote
        </button>
        <output data-testid="votes" aria-label="Votes">
          {votes}
        </output>
      </div>
      <Tasks slug={slug} />
    </main>
  )
}
