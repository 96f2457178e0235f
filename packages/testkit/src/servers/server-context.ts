import type { Reaper } from './reaper.js'

/** What every server of a run is given. */
export interface ServerContext {
  /** Where it may write. */
  readonly folder: string
  /** Told of every process, to end it should we not be able to. */
  readonly reaper?: Reaper
  /** Whether it serves has changed. */
  readonly onChange: () => void
  readonly onCrash: (name: string, how: string) => void
}
