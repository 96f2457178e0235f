export type Role = 'editor' | 'viewer'

export interface DemoUser {
  /** The subject that the hub binds replicas to. */
  id: string
  name: string
  role: Role
}

/** A user by name, or null when the name is empty or too long. */
export function createUser(name: string, role: string): DemoUser | null {
  const trimmed = name.trim().replace(/\s+/g, ' ')
  if (!trimmed || trimmed.length > 40) return null
  const kind: Role = role === 'viewer' ? 'viewer' : 'editor'
  return { id: `${kind}:${trimmed.toLowerCase()}`, name: trimmed, role: kind }
}

/** A hue of 0 to 359 degrees that stays with a name. */
export function hueOf(name: string): number {
  let hash = 0
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 360
  return hash
}
