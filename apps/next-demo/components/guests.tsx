'use client'

import { useStream } from '@flowsync/react'
import { EntryForm } from './entry-form'

export function Guests({ slug }: { slug: string }) {
  const [guests, , list, { access }] = useStream(`guests:${slug}`)
  const isReadOnly = access === 'read'

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
      <EntryForm
        label="Guest"
        placeholder="Add a guest"
        action="Add"
        maxLength={60}
        isDisabled={isReadOnly}
        onEntry={(guest) => list.add(guest)}
      />
    </section>
  )
}
