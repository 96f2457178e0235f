/** A row of the bare stores. */
export interface Row {
  readonly stream: string
  readonly number: number
  readonly body: Uint8Array
}

/** A bare store: rows in batches, and nothing else to them. */
export interface BatchStore {
  /** Stores rows together; they are on the disk when it resolves. */
  append(rows: readonly Row[]): void | Promise<void>
}
