import type { Receipt } from '@flowsync/core'
import type { BindingStreams } from '@flowsync/testkit/bindings'

declare module '@flowsync/core' {
  interface Register {
    streams: BindingStreams
  }
}

/** What a probe lets the suite look at. */
export interface Report {
  readonly renders: string[]
  references: () => readonly unknown[]
  push: (intent: never) => Receipt
  rerender: () => void
}

/** A report of a probe that has not rendered yet. */
export function createReport(): Report {
  const missing = (): never => {
    throw new Error('The probe has not rendered yet')
  }
  return { renders: [], references: () => [], push: missing, rerender: missing }
}

/** Notes a render and passes its text on. */
export function shown(report: Report, text: string): string {
  report.renders.push(text)
  return text
}
