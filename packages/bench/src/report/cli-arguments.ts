import { InvalidArgumentError } from 'commander'

/** Reads a list of names, separated by commas. What there is of each name is what `known` says. */
export function named<Thing>(kind: string, known: readonly Thing[], nameOf: (thing: Thing) => string) {
  return (text: string): readonly Thing[] =>
    text.split(',').map((name) => {
      const found = known.find((thing) => nameOf(thing) === name.trim())
      if (found === undefined) throw new InvalidArgumentError(`There is no ${kind} ${name.trim()}.`)
      return found
    })
}

/** Reads a whole number from 1 on. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 on.')
  return Number(text)
}
