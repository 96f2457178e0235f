/** A run that once failed, and what it showed. */
export interface Regression {
  readonly seed: number
  readonly found: string
}

/**
 * Seeds that failed once. What they draw changes with `createScenario`: whoever changes that, looks for new seeds that
 * fail without the fixes named here, or leaves the others' numbers as they are and adds.
 */
export const REGRESSIONS: readonly Regression[] = [
  { seed: 364, found: 'an adopted op that another tab had stored as placed was shown twice' },
  {
    seed: 417,
    found: 'edits made before the hub was first heard took effect twice after the disk had been full',
  },
  { seed: 745, found: 'the same, for a text' },
]
