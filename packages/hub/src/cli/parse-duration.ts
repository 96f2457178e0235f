import { createError } from '@flowsync/protocol'

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Milliseconds of a duration such as `90s`, `15m`, `12h` or `30d`; 0 for `never`.
 * @throws FlowSyncError `config/invalid`
 */
export function parseDuration(text: string): number {
  if (text === 'never') return 0
  const [, amount, unit = ''] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? []
  const unitMs = UNIT_MS[unit]
  if (amount !== undefined && unitMs !== undefined) return Number(amount) * unitMs
  throw createError('config/invalid', `"${text}" is no duration: write 90s, 15m, 12h, 30d or never.`)
}
