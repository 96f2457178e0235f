import type { RunReport } from '../simulator/run-scenario.js'

/** What all runs of one call came to. */
export interface SimSummary {
  readonly ok: boolean
  readonly seeds: number
  readonly failed: readonly {
    readonly seed: number
    readonly problems: readonly string[]
    readonly command: string
  }[]
  readonly events: number
  readonly edits: number
  readonly acknowledged: number
  readonly hubCrashes: number
  /** The longest that any seed took after healing, in virtual milliseconds. */
  readonly slowestDrainMs: number
  readonly slowestCatchUpMs: number
  readonly seconds: number
}

/** How to see one seed again. */
function reproduceCommand(seed: number): string {
  return `npm run sim -- --seed ${seed}`
}

/** Adds up the reports of many seeds. */
export function summarize(reports: readonly RunReport[], seconds: number): SimSummary {
  const sum = (read: (report: RunReport) => number) =>
    reports.reduce((total, report) => total + read(report), 0)
  const max = (read: (report: RunReport) => number) =>
    reports.reduce((most, report) => Math.max(most, read(report)), 0)
  const failed = reports.filter(({ ok }) => !ok)
  return {
    ok: failed.length === 0,
    seeds: reports.length,
    failed: failed.map(({ seed, problems }) => ({ seed, problems, command: reproduceCommand(seed) })),
    events: sum(({ events }) => events),
    edits: sum(({ edits }) => edits),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    hubCrashes: sum(({ hubCrashes }) => hubCrashes),
    slowestDrainMs: max(({ recovery }) => recovery.drainedMs),
    slowestCatchUpMs: max(({ recovery }) => recovery.caughtUpMs),
    seconds: Math.round(seconds * 100) / 100,
  }
}

/** What kind of problem it is: a smaller scenario must show the same, not just any. */
export function kindOf(problem = ''): string {
  const [, text = ''] = /^[\d.]+ ms: (.*)$/s.exec(problem) ?? []
  const words = text
    .replaceAll(/"[^"]*"|\{[^}]*\}|<[^>]*>|\d+/g, '')
    .replaceAll(/(doc|counter|tags|once|title|siblings|chat):[ab]/g, '')
  return words.slice(0, 60)
}

const DEFAULT_LINES = 80

/** A failed run for people: what went wrong, the last things that happened, and how to see it again. */
export function formatFailure(report: RunReport, lines = DEFAULT_LINES): string {
  return [
    `seed ${report.seed} failed:`,
    ...report.problems.map((problem) => `  ${problem}`),
    '',
    `the last ${Math.min(lines, report.trace.length)} events:`,
    ...report.trace.slice(-lines).map((line) => `  ${line}`),
    '',
    `again: ${reproduceCommand(report.seed)}`,
  ].join('\n')
}

/** The summary for people. */
export function formatSummary(summary: SimSummary): string {
  const { seeds, failed, edits, acknowledged, hubCrashes, events, seconds } = summary
  const outcome =
    failed.length === 0
      ? `${seeds} seeds passed`
      : `${failed.length} of ${seeds} seeds failed: ${failed.map(({ seed }) => seed).join(', ')}`
  return (
    `${outcome} in ${seconds} s: ${edits} edits, ${acknowledged} acknowledged, ${hubCrashes} hub crashes, ` +
    `${events} events; after healing drained within ${summary.slowestDrainMs / 1000} s, ` +
    `caught up within ${summary.slowestCatchUpMs / 1000} s`
  )
}
