import { createError } from '@flowsync/protocol'

/** @throws FlowSyncError `config/invalid` */
export function parseCount(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text)
  throw createError('config/invalid', `"${text}" is no number of ops: write 0, 1000 or the like.`)
}
