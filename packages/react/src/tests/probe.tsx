import type { Receipt } from '@flowsync/core'
import type { BindingStreams, Probe } from '@flowsync/testkit/bindings'
import { useReducer, type ReactNode } from 'react'
import { useFlowSync, useStream, useStreamValue } from '../index.js'

declare module '@flowsync/core' {
  interface Register {
    streams: BindingStreams
  }
}

/** What a probe lets the suite look at. */
export interface Report {
  readonly renders: string[]
  references: readonly unknown[]
  push: (intent: never) => Receipt
  rerender: () => void
}

export function ProbeView({ probe, report }: { probe: Probe; report: Report }): ReactNode {
  if (probe.kind === 'client') return <ClientProbe report={report} />
  if (probe.kind === 'length') return <LengthProbe name={probe.name} report={report} />
  return <StreamProbe name={probe.name} report={report} />
}

function StreamProbe({ name, report }: { name: 'doc:probe' | 'notes:probe'; report: Report }): ReactNode {
  const [value, push, handle, snapshot] = useStream(name)
  const { status, isSynced, pendingCount, error } = snapshot
  const [, rerender] = useReducer((count: number) => count + 1, 0)
  const text = JSON.stringify({ value, status, isSynced, pendingCount, error: error?.code ?? null })
  Object.assign(report, { references: [push, handle, value], push, rerender })
  report.renders.push(text)
  return <p>{text}</p>
}

function LengthProbe({ name, report }: { name: 'doc:probe'; report: Report }): ReactNode {
  const text = JSON.stringify(useStreamValue(name, (value) => value.length))
  report.renders.push(text)
  return <p>{text}</p>
}

function ClientProbe({ report }: { report: Report }): ReactNode {
  const { status, isOnline, pendingCount } = useFlowSync()
  const text = JSON.stringify({ status, isOnline, pendingCount })
  report.renders.push(text)
  return <p>{text}</p>
}
