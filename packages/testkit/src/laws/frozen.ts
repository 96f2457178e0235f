/** True when nothing in a value can be changed, at any level: objects are frozen, and sets refuse to be written. */
export function isDeepFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (!Object.isFrozen(value)) return false
  if (value instanceof Set) return isReadOnlySet(value) && [...value].every(isDeepFrozen)
  return Object.values(value).every(isDeepFrozen)
}

function isReadOnlySet(set: Set<unknown>): boolean {
  const elements = [...set]
  const probe = Symbol('probe')
  for (const write of [() => set.add(probe), () => set.delete(elements[0]), () => set.clear()]) {
    try {
      write()
      return false
    } catch {
      if (set.size !== elements.length) return false
    }
  }
  return true
}
