import { parentPort } from 'node:worker_threads'
import { createError } from '@flowsync/protocol'
import { LogDatabase } from './log-database.js'
import { toPlainError } from './plain-error.js'
import { sqliteError } from './sqlite-error.js'
import type { WorkerAnswer, WorkerCall } from './worker-call.js'

// Entry of the storage thread: syncing to disk blocks, and must not block the hub's event loop.

let database: LogDatabase | undefined

function opened(): LogDatabase {
  if (!database) throw createError('storage/unavailable', 'The storage is not open.')
  return database
}

function perform(call: WorkerCall): unknown {
  switch (call.method) {
    case 'open':
      database = new LogDatabase(...call.args)
      return database.opening
    case 'openStreams':
      return opened().openStreams(...call.args)
    case 'findStream':
      return opened().findStream(...call.args)
    case 'positionsOf':
      return opened().positionsOf(...call.args)
    case 'append':
      return opened().append(...call.args)
    case 'read':
      return opened().read(...call.args)
    case 'countersOf':
      return opened().countersOf(...call.args)
    case 'findSeq':
      return opened().findSeq(...call.args)
    case 'putSnapshot':
      return opened().putSnapshot(...call.args)
    case 'latestSnapshot':
      return opened().latestSnapshot(...call.args)
    case 'listStreams':
      return opened().listStreams(...call.args)
    case 'listWorkspaces':
      return opened().listWorkspaces(...call.args)
    case 'replicasOf':
      return opened().replicasOf(...call.args)
    case 'renewEpoch':
      return opened().renewEpoch(...call.args)
    case 'compact':
      return opened().compact(...call.args)
    case 'truncate':
      return opened().truncate(...call.args)
    case 'restore':
      return opened().restore(...call.args)
    case 'close':
      database?.close()
      database = undefined
      return undefined
  }
}

function answer(call: WorkerCall): WorkerAnswer {
  try {
    return { id: call.id, value: perform(call) }
  } catch (error) {
    return { id: call.id, error: toPlainError(sqliteError(error, 'The database')) }
  }
}

parentPort?.on('message', (call: WorkerCall) => {
  parentPort?.postMessage(answer(call))
})
