import type { ConnectionOptions } from './connection.js'
import type { LogDatabase, PlainError } from './log-database.js'

/** What the worker can be asked for: the methods of {@link LogDatabase}, and `open` before them. */
export type WorkerMethods = Pick<
  LogDatabase,
  | 'openStreams'
  | 'findStream'
  | 'append'
  | 'read'
  | 'countersOf'
  | 'findSeq'
  | 'putSnapshot'
  | 'latestSnapshot'
  | 'listStreams'
  | 'renewEpoch'
  | 'close'
> & { open(options: ConnectionOptions): void }

export type WorkerMethod = keyof WorkerMethods

/** A call on its way to the worker. */
export type WorkerCall = {
  [M in WorkerMethod]: {
    readonly id: number
    readonly method: M
    readonly args: Parameters<WorkerMethods[M]>
  }
}[WorkerMethod]

/** Its answer. Answers come in the order of the calls. */
export type WorkerAnswer =
  | { readonly id: number; readonly value: unknown; readonly error?: undefined }
  | { readonly id: number; readonly value?: undefined; readonly error: PlainError }
