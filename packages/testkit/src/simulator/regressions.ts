/** A run that once failed, and what it showed. */
export interface Regression {
  readonly seed: number
  readonly found: string
}

/** Seeds that failed once. A change to what scenarios draw makes them mean something else: keep their number low and their words clear. */
export const REGRESSIONS: readonly Regression[] = []
