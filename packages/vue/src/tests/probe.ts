import type { Receipt } from '@flowsync/core'
import type { BindingStreams, Probe } from '@flowsync/testkit/bindings'
import { defineComponent, h, onMounted, ref, type PropType } from 'vue'
import { useFlowSync, useStream, useStreamValue } from '../index.js'

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

const reportProp = { type: Object as PropType<Report>, required: true } as const

function shown(report: Report, text: string) {
  report.renders.push(text)
  return h('p', text)
}

const StreamProbe = defineComponent({
  props: {
    name: { type: String as PropType<'doc:probe' | 'notes:probe'>, required: true },
    report: reportProp,
  },
  setup({ name, report }) {
    const { value, push, stream, status, isSynced, pendingCount, error } = useStream(name)
    const tick = ref(0)
    report.references = () => [push, stream.value, value.value]
    report.push = push
    report.rerender = () => tick.value++
    return () => {
      void tick.value
      const state = { value: value.value, status: status.value, isSynced: isSynced.value }
      const text = JSON.stringify({
        ...state,
        pendingCount: pendingCount.value,
        error: error.value?.code ?? null,
      })
      return shown(report, text)
    }
  },
})

const LengthProbe = defineComponent({
  props: { name: { type: String as PropType<'doc:probe'>, required: true }, report: reportProp },
  setup({ name, report }) {
    const length = useStreamValue(name, (value) => value.length)
    return () => shown(report, JSON.stringify(length.value))
  },
})

const ClientProbe = defineComponent({
  props: { report: reportProp },
  setup({ report }) {
    const { status, isOnline, pendingCount } = useFlowSync()
    return () =>
      shown(
        report,
        JSON.stringify({ status: status.value, isOnline: isOnline.value, pendingCount: pendingCount.value }),
      )
  },
})

/** The component for a probe. */
export function probeView(probe: Probe, report: Report) {
  if (probe.kind === 'client') return h(ClientProbe, { report })
  if (probe.kind === 'length') return h(LengthProbe, { name: probe.name, report })
  return h(StreamProbe, { name: probe.name, report })
}

/** Shows its slot, takes it away when mounted and shows it again, as a router does that changes its mind. */
export const Flicker = defineComponent({
  setup(_, { slots }) {
    const key = ref(0)
    onMounted(() => key.value++)
    return () => h('div', { key: key.value }, slots['default']?.())
  },
})
