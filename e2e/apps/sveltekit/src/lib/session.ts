/** Editors write, viewers look on. */
type Role = 'editor' | 'viewer'

export interface User {
  /** Stable: the subject of the user's hub tokens, and whose data the device stores. */
  readonly id: string
  readonly name: string
  readonly role: Role
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

export const personOf = (id: string | undefined): User | null => people.find((user) => user.id === id) ?? null
