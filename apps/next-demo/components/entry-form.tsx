'use client'

import { useState, type FormEvent } from 'react'

export interface EntryFormProps {
  label: string
  placeholder: string
  action: string
  isPrimary?: boolean
  maxLength: number
  isDisabled: boolean
  /** Called with the trimmed text, never with an empty one. */
  onEntry: (text: string) => void
}

/** One line of text and a button. */
export function EntryForm({
  label,
  placeholder,
  action,
  isPrimary,
  maxLength,
  isDisabled,
  onEntry,
}: EntryFormProps) {
  const [text, setText] = useState('')
  const entry = text.trim()

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (!entry) return
    onEntry(entry)
    setText('')
  }

  return (
    <form className="row" onSubmit={submit}>
      <input
        className="text-input"
        value={text}
        onChange={(event) => setText(event.target.value)}
        disabled={isDisabled}
        maxLength={maxLength}
        aria-label={label}
        placeholder={placeholder}
      />
      <button className={isPrimary ? 'primary' : 'quiet'} disabled={isDisabled || !entry}>
        {action}
      </button>
    </form>
  )
}
