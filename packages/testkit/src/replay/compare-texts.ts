const CONTEXT = 20

/** Undefined when the texts are equal, else where they part, for people to read. */
export function describeDifference(actual: string, expected: string): string | undefined {
  if (actual === expected) return undefined
  let place = 0
  while (place < actual.length && actual[place] === expected[place]) place++
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, place - CONTEXT), place + CONTEXT))
  return (
    `${actual.length} units instead of ${expected.length}; they part at ${place}: ` +
    `${around(actual)} instead of ${around(expected)}`
  )
}

/** True when both texts hold the same characters, in whatever order. */
export function hasSameCharacters(a: string, b: string): boolean {
  return [...a].sort().join('') === [...b].sort().join('')
}
