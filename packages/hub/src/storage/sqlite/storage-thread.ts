import { Worker } from 'node:worker_threads'
import { type FlowSyncError, isFlowSyncError } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import { fromPlainError } from './plain-error.js'
import type { WorkerAnswer, WorkerMethod, WorkerMethods } from './worker-call.js'

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: FlowSyncError) => void
}

/** Tests run the sources; then the thread must too. */
const IS_SOURCE = import.meta.url.endsWith('.ts')
const ENTRY = IS_SOURCE ? new URL('./worker.ts', import.meta.url) : new URL('./worker.js', import.meta.url)
const SOURCE_LOADER = new URL('../../../source-loader.mjs', import.meta.url)
const SOURCE_ARGV = ['--conditions=@flowsync/source', '--import', SOURCE_LOADER.href]

/** Calls into the storage thread, answered in order. */
export class StorageThread {
  private readonly worker: Worker
  private readonly waiting = new Map<number, Waiting>()
  private lastId = 0
  private failure: FlowSyncError | undefined

  /** @param onEnd called when the thread has ended, for whatever reason */
  constructor(onEnd: () => void) {
    this.worker = new Worker(ENTRY, IS_SOURCE ? { execArgv: SOURCE_ARGV } : {})
    this.worker.on('message', (answer: WorkerAnswer) => this.settle(answer))
    this.worker.on('error', (error) => this.fail(error))
    this.worker.on('exit', () => {
      this.fail(undefined)
      onEnd()
    })
  }

  /** @throws FlowSyncError what the method throws, or `storage/unavailable` when the thread is gone */
  call<M extends WorkerMethod>(
    method: M,
    args: Parameters<WorkerMethods[M]>,
    transfer: readonly ArrayBufferLike[] = [],
  ): Promise<ReturnType<WorkerMethods[M]>> {
    if (this.failure) return Promise.reject(this.failure)
    const id = ++this.lastId
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: (value) => resolve(value as ReturnType<WorkerMethods[M]>), reject })
      this.worker.postMessage({ id, method, args }, transfer as ArrayBuffer[])
    })
  }

  async end(): Promise<void> {
    await this.worker.terminate()
  }

  private settle(answer: WorkerAnswer): void {
    const waiting = this.waiting.get(answer.id)
    this.waiting.delete(answer.id)
    if (answer.error) waiting?.reject(fromPlainError(answer.error))
    else waiting?.resolve(answer.value)
  }

  private fail(cause: unknown): void {
    this.failure ??= isFlowSyncError(cause)
      ? cause
      : createError('storage/unavailable', 'The storage thread has ended; nothing more was stored.', {
          cause,
        })
    for (const { reject } of this.waiting.values()) reject(this.failure)
    this.waiting.clear()
  }
}
