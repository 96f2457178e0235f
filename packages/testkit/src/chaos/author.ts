import type { AuthorStatus, FinalStream, History } from './evidence.js'
import type { LoadReport } from './load-messages.js'

/** Who an author is, and whom it tells. */
export interface AuthorOptions {
  readonly author: number
  /** How many there are in the run. */
  readonly authorCount: number
  readonly url: string
  readonly seed: string
  readonly token: () => Promise<string>
  readonly report: (report: LoadReport) => void
}

/** Somebody who writes and reads during a run. */
export interface Author {
  whenReady(): Promise<void>
  /** Writes from now on, in a rhythm of its own. */
  write(): void
  /** Makes no more edits. What was made is still sent. */
  rest(): void
  setOnline(isOnline: boolean): void
  readonly status: AuthorStatus
  readonly history: History
  readonly finalStreams: readonly FinalStream[]
  close(): Promise<void>
}
