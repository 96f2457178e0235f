/** What FlowSync wants to reach: so much itself, or so much of what a peer takes or does in the same run. */
export type Target<Name extends string = string> = (
  | { readonly atMost: number }
  | { readonly atLeast: number }
  | { readonly ratio: number; readonly to: Name; readonly orMore?: true }
) & {
  /** Which figure is meant; the hot one when absent. */
  readonly of?: 'hot' | 'first'
}

/** `tie` is a miss by no more than what such measurements differ by anyway. */
export type Verdict = 'met' | 'tie' | 'missed' | 'unknown'

/** What two measurements of the same thing may differ by. */
const TIE_FACTOR = 1.3

/** A figure of one peer: in the first run of a process, and hot. */
export interface Measured {
  readonly hot?: number
  readonly first?: number
}

export interface Judgement {
  readonly verdict: Verdict
  /** What was reached, in the terms of the target: a figure, or a ratio. */
  readonly reached?: number
  /** The target itself, likewise. */
  readonly wanted: number
  /** Whether the target is the least to reach, not the most. */
  readonly isAtLeast: boolean
}

/** Compares FlowSync's figure with a target. Unknown when one of the figures is missing. */
export function judge<Name extends string>(
  target: Target<Name>,
  own: Measured | undefined,
  peerOf: (name: Name) => Measured | undefined,
): Judgement {
  const which = target.of ?? 'hot'
  const figure = own?.[which]
  const isAtLeast = 'atLeast' in target || ('to' in target && target.orMore === true)
  const wanted = 'to' in target ? target.ratio : 'atLeast' in target ? target.atLeast : target.atMost
  const reached = 'to' in target ? ratio(figure, peerOf(target.to)?.[which]) : figure
  if (reached === undefined) return { verdict: 'unknown', wanted, isAtLeast }
  return {
    verdict: isAtLeast
      ? verdictOf(-reached, -wanted, -wanted / TIE_FACTOR)
      : verdictOf(reached, wanted, wanted * TIE_FACTOR),
    reached,
    wanted,
    isAtLeast,
  }
}

/** `a` in terms of `b`, undefined when one is missing or `b` is nothing. */
export function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined || b === 0 ? undefined : a / b
}

function verdictOf(reached: number, wanted: number, tie: number): Verdict {
  if (reached <= wanted) return 'met'
  return reached <= tie ? 'tie' : 'missed'
}
