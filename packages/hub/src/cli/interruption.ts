import type { CliIo } from './cli-io.js'

/** A command was ended by a signal, and has cleaned up. */
export class Interruption extends Error {
  constructor() {
    super('Interrupted.')
    this.name = 'Interruption'
  }
}

/** Runs work that a signal aborts: it sees `signal` and ends with an {@link Interruption}. */
export async function interruptible<T>(io: CliIo, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const cancel = io.onInterrupt(() => controller.abort(new Interruption()))
  try {
    return await work(controller.signal)
  } finally {
    cancel()
  }
}
