/** What FlowSync wants to reach: at most so much, or at most so much of what a peer takes in the same run. */
export type Target<Name extends string = string> = (
  { readonly atMost: number } | { readonly ratio: number; readonly to: Name }
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
}

/** Compares FlowSync's figure with a target. Unknown when one of the figures is missing. */
export function judge<Name extends string>(
  target: Target<Name>,
  own: Measured | undefined,
  peerOf: (name: Name) => Measured | undefined,
): Judgement {
  const which = target.of ?? 'hot'
  const figure = own?.[which]
  const wanted = 'atMost' in target ? target.atMost : target.ratio
  const reached = 'atMost' in target ? figure : ratio(figure, peerOf(target.to)?.[which])
  if (reached === undefined) return { verdict: 'unknown', wanted }
  return { verdict: verdictOf(reached, wanted), reached, wanted }
}

/** `a` in terms of `b`, undefined when one is missing or `b` is nothing. */
export function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined || b === 0 ? undefined : a / b
}

function verdictOf(reached: number, wanted: number): Verdict {
  if (reached <= wanted) return 'met'
  return reached <= wanted * TIE_FACTOR ? 'tie' : 'missed'
}
