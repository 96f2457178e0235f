import { InvalidArgumentError } from 'commander'

/** A whole number from `low` on, for Commander. */
export function wholeNumber(low: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= low)) throw new InvalidArgumentError(`It must be a whole number from ${low} on.`)
    return value
  }
}

/** A probability from 0 up to and including 1, for Commander. */
export function probability(text: string): number {
  const value = /^(0|1|0?\.\d+|[01]\.\d+)$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1.')
  return value
}
