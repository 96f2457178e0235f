/** Throws unless something holds. Facts may be given as functions, so that they are only made when it does not. */
export function check(holds: boolean, law: string, ...facts: readonly unknown[]): asserts holds {
  if (holds) return
  const told = facts.map((fact) =>
    JSON.stringify(typeof fact === 'function' ? (fact as () => unknown)() : fact),
  )
  throw new Error(`It does not hold that ${law}. ${told.join(' ')}`)
}

/** Throws unless two things are the same, compared as JSON. */
export function checkSame(actual: unknown, expected: unknown, what: string): void {
  const [is, shall] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is !== shall) throw new Error(`${what}: it is ${is} and must be ${shall}`)
}

/** True when two buffers hold the same bytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
