/** The counters that every document has. */
export const COUNTERS = [
  { key: 'ideas', label: 'Ideas' },
  { key: 'votes', label: 'Votes' },
  { key: 'coffees', label: 'Coffees' },
] as const

export function counterName(slug: string, key: string): `counter:${string}` {
  return `counter:${slug}:${key}`
}

export function counterNames(slug: string): `counter:${string}`[] {
  return COUNTERS.map(({ key }) => counterName(slug, key))
}
