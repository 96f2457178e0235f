/** The proxy that `$state` makes of a value. */
export function proxy<T extends object>(value: T): T {
  const state = $state(value)
  return state
}
