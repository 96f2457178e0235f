import type { Figures } from './outcome.js'

/**
 * The middle of some figures; with an even count the mean of the two in the middle.
 * @throws RangeError when there is none
 */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  if (upper === undefined) throw new RangeError('The median of nothing.')
  if (sorted.length % 2 === 1) return upper
  return ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** How often to run something whose first run took `firstMs` in all, so that a slow one does not take minutes. */
export function planRuns(firstMs: number, runs: number): { readonly warmUps: number; readonly runs: number } {
  // Code is compiled for speed only after it ran for a while: what is short needs more runs to be hot.
  if (firstMs < 100) return { warmUps: 20, runs: Math.max(runs, 9) }
  if (firstMs < 250) return { warmUps: 6, runs }
  if (firstMs < 1_000) return { warmUps: 1, runs }
  if (firstMs < 2_000) return { warmUps: 0, runs: Math.min(runs, 5) }
  if (firstMs < 4_000) return { warmUps: 0, runs: Math.min(runs, 3) }
  return { warmUps: 0, runs: 1 }
}

/** The median of each metric over several runs. */
export function medians(runs: readonly Figures[]): Figures {
  const metrics = Object.keys(runs[0] ?? {})
  return Object.fromEntries(metrics.map((metric) => [metric, median(runs.map((run) => run[metric] ?? 0))]))
}
