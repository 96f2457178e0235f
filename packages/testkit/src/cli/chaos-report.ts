import type { ChaosResult } from '../chaos/chaos.js'

/** Violations that are printed; the others are counted. */
const SHOWN = 20

/** A run's result for people. */
export function formatChaos(result: ChaosResult): string {
  const { ok, seed, seconds, hubs, store, clients, faults, violations, folder } = result
  const shown = violations.slice(0, SHOWN)
  const faultCount = Object.values(faults).reduce((sum, count) => sum + count, 0)
  return [
    ...table(Object.entries(faults).map(([kind, count]) => [kind, String(count)])),
    '',
    ...table([
      ['edits made', String(result.made)],
      ['ops acknowledged', String(result.acked)],
      ['lost', String(result.lost)],
      ['doubled', String(result.doubled)],
      ['diverged', String(result.diverged)],
      ['changes observed', String(result.observations)],
      ['drained in', result.drainedInMs === null ? 'not in time' : `${result.drainedInMs} ms`],
      ['clients connected and unhindered', `${Math.round(result.watchedShare * 100)}% of the time`],
      ['longest lag while connected and unhindered', `${result.longestLagMs} ms`],
      ['which was', result.longestLagWhere],
      ['longest absence while unhindered', `${result.longestAwayMs} ms`],
    ]),
    '',
    ...shown,
    ...(violations.length > shown.length ? [`and ${violations.length - shown.length} more`] : []),
    ...(folder === undefined ? [] : [`logs and ledger: ${folder}`]),
    `${ok ? 'ok' : 'FAILED'}: ${faultCount} faults in ${seconds} s, ${hubs} hubs on ${store}, ${clients} clients; seed ${seed}`,
  ].join('\n')
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)
}
