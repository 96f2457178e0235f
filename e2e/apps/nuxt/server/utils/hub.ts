import type { User } from '~~/shared/session'

/** What a user may do at the hub. */
export function grantsOf({ role }: User): string[] {
  const action = role === 'editor' ? 'write' : 'read'
  return ['doc', 'title', 'votes', 'tasks'].map((kind) => `${action}:${kind}:*`)
}
