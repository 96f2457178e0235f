export interface User {
  /** Stable: the subject of the user's hub tokens, and whose data the device stores. */
  readonly id: string
  readonly name: string
  /** Editors write, viewers look on. */
  readonly role: 'editor' | 'viewer'
}

/** The facts that a browser begins with. */
export interface Session {
  readonly user: User | null
  readonly hubUrl: string
}

/** The people who may sign in, without a password; a real application has accounts. */
export const people: readonly User[] = [
  { id: 'ada', name: 'Ada', role: 'editor' },
  { id: 'bob', name: 'Bob', role: 'editor' },
  { id: 'eve', name: 'Eve', role: 'viewer' },
]

/** The person of an id; null for anything else. */
export function personOf(id: unknown): User | null {
  return people.find((person) => person.id === id) ?? null
}
