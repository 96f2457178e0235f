import type { ConnectionOptions } from './connection.js'
import type { StoreOpening } from '../driver.js'
import type { LogDatabase } from './log-database.js'
import type { PlainError } from './plain-error.js'

/** What the worker can be asked for: the methods of {@link LogDatabase}, and `open` before them. */
export type WorkerMethods = Pick<
  LogDatabase,
  | 'openStreams'
  | 'findStream'
  | 'positionsOf'
  | 'append'
  | 'read'
  | 'countersOf'
  | 'findSeq'
  | 'putSnapshot'
  | 'latestSnapshot'
  | 'listStreams'
  | 'listWorkspaces'
  | 'replicasOf'
  | 'renewEpoch'
  | 'compact'
  | 'truncate'
  | 'restore'
  | 'close'
> & { open(options: ConnectionOptions): StoreOpening }

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
