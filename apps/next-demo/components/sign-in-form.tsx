'use client'

import { useRouter } from 'next/navigation'
import { signIn } from 'next-auth/react'
import { useState, type FormEvent } from 'react'

export function SignInForm({ target }: { target: string }) {
  const router = useRouter()
  const [problem, setProblem] = useState<string>()
  const [isBusy, setIsBusy] = useState(false)

  async function submit(form: FormData): Promise<void> {
    setIsBusy(true)
    setProblem(undefined)
    try {
      const answer = await signIn('credentials', {
        name: form.get('name'),
        role: form.get('viewer') ? 'viewer' : 'editor',
        redirect: false,
      })
      if (answer?.ok) {
        router.push(target)
        router.refresh()
        return
      }
      setProblem('Please give a name of 1 to 40 letters.')
    } catch {
      setProblem('The server cannot be reached. Check the connection and try again.')
    }
    setIsBusy(false)
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    void submit(new FormData(event.currentTarget))
  }

  return (
    <form onSubmit={onSubmit}>
      <label className="field">
        Your name
        <input
          name="name"
          autoComplete="nickname"
          autoFocus
          required
          maxLength={40}
          placeholder="Any name will do"
        />
      </label>
      <label className="check">
        <input type="checkbox" name="viewer" />
        <span>
          Only look <small>(the hub then refuses every change)</small>
        </span>
      </label>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <button className="primary" disabled={isBusy}>
        {isBusy ? 'Coming in…' : 'Come in'}
      </button>
    </form>
  )
}
