'use client'

import { useStream } from '@flowsync/react'
import { useState, type FormEvent } from 'react'

export function Guests({ slug }: { slug: string }) {
  const [guests, , list, { access }] = useStream(`guests:${slug}`)
  const isReadOnly = access === 'read'
  const [name, setName] = useState('')

  function add(event: FormEvent): void {
    event.preventDefault()
    const guest = name.trim()
    if (!guest) return
    list.add(guest)
    setName('')
  }

  return (
    <section className="card" aria-labelledby="guests-title">
      <header>
        <h2 id="guests-title">Guests</h2>
        <span className="aside">{guests.size}</span>
      </header>
      {guests.size > 0 && (
        <ul className="chips">
          {[...guests].map((guest) => (
            <li key={guest}>
              <span>{guest}</span>
              <button disabled={isReadOnly} onClick={() => list.delete(guest)} aria-label={`Remove ${guest}`}>
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <form className="row" onSubmit={add}>
        <input
          className="text-input"
          value={name}
          onChange={(event) => setName(event.target.value)}
          disabled={isReadOnly}
          maxLength={60}
          aria-label="Guest"
          placeholder="Add a guest"
        />
        <button className="quiet" disabled={isReadOnly || !name.trim()}>
          Add
        </button>
      </form>
    </section>
  )
}
