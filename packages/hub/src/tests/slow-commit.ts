import { existsSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { DatabaseSync } from 'node:sqlite'
import threads, { isMainThread, Worker, type WorkerOptions } from 'node:worker_threads'

// Loaded before anything else in every thread of a hub: as long as a file exists, each commit of SQLite holds its thread
// up, as a slow disk does.
const COMMIT_MS = 2_000
const slowFile = process.env['FLOWSYNC_TEST_SLOW_FILE'] ?? ''
const nobody = new Int32Array(new SharedArrayBuffer(4))
const { exec } = DatabaseSync.prototype

if (isMainThread) {
  threads.Worker = class extends Worker {
    constructor(file: string | URL, { execArgv = process.execArgv, ...options }: WorkerOptions = {}) {
      super(file, { ...options, execArgv: [...execArgv, '--import', import.meta.url] })
    }
  }
  syncBuiltinESMExports()
} else {
  DatabaseSync.prototype.exec = function (sql: string): void {
    if (/^\s*COMMIT/i.test(sql) && existsSync(slowFile)) Atomics.wait(nobody, 0, 0, COMMIT_MS)
    exec.call(this, sql)
  }
}
