/** What one run gave, by the name of a metric: `ms`, `bytes`. */
export type Figures = Readonly<Record<string, number>>

/** What came of one benchmark for one peer. */
export type Outcome =
  | {
      readonly kind: 'measured'
      /** Medians of the first runs of `processes` processes, by metric. */
      readonly first: Figures
      /** Medians of `runs` later runs of one process; absent when it runs once in a process. */
      readonly hot?: Figures
      readonly processes: number
      readonly runs: number
      /** The least and the most of all runs that the median was taken of. */
      readonly range?: Readonly<Record<string, readonly [least: number, most: number]>>
      readonly edits?: number
      readonly note?: string
    }
  | { readonly kind: 'lacks'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
