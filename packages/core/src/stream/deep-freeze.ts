/**
 * Freezes plain data that several listeners are told, so that none can change it for the others. What is frozen
 * already is taken to be so at every level, as values are.
 */
export function deepFreeze<T>(data: T): T {
  if (typeof data !== 'object' || data === null || Object.isFrozen(data)) return data
  Object.freeze(data)
  Object.values(data).forEach(deepFreeze)
  return data
}
