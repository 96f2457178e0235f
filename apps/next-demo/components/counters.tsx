'use client'

import { useStream } from '@flowsync/react'
import { COUNTERS, counterName } from '@/lib/counters'

export function Counters({ slug }: { slug: string }) {
  return (
    <section className="card" aria-labelledby="counters-title">
      <header>
        <h2 id="counters-title">Counters</h2>
      </header>
      <div className="counters">
        {COUNTERS.map(({ key, label }) => (
          <Counter key={key} name={counterName(slug, key)} label={label} />
        ))}
      </div>
    </section>
  )
}

function Counter({ name, label }: { name: `counter:${string}`; label: string }) {
  const [value, , counter, { access }] = useStream(name)
  const isReadOnly = access === 'read'
  return (
    <div className="counter">
      <span className="name">{label}</span>
      <button
        className="round"
        disabled={isReadOnly}
        onClick={() => counter.decrement()}
        aria-label={`One ${label} less`}
      >
        −
      </button>
      <output aria-label={label}>{value}</output>
      <button
        className="round"
        disabled={isReadOnly}
        onClick={() => counter.increment()}
        aria-label={`One ${label} more`}
      >
        +
      </button>
    </div>
  )
}
