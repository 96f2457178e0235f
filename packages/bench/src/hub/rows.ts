import type { Row } from '../report/row.js'
import type { PeerName } from './peers.js'

/** A row of these benchmarks. */
export type HubRow = Row<PeerName, 'writes' | 'fan-out' | 'connections' | 'documents' | 'cluster'>

const MILLION = 1_000_000

/** What is wanted of writes/s: more than half of what the bare store takes. */
const WRITES_TARGETS = [
  { ratio: 0.6, to: 'floor', orMore: true },
  { atLeast: 150_000 },
] as const satisfies HubRow['targets']

function writeRows(
  benchmark: string,
  title: string,
  targets: { readonly rate?: HubRow['targets']; readonly p50?: HubRow['targets'] },
): HubRow[] {
  const common = { benchmark, group: 'writes' } as const
  return [
    {
      ...common,
      id: benchmark,
      title: `acknowledged writes, ${title}`,
      metric: 'rate',
      unit: 'per second',
      isMoreBetter: true,
      targets: targets.rate ?? [],
    },
    {
      ...common,
      id: `${benchmark}-p50`,
      title: `the same, p50`,
      metric: 'p50',
      unit: 'ms',
      targets: targets.p50 ?? [],
    },
    { ...common, id: `${benchmark}-p99`, title: `the same, p99`, metric: 'p99', unit: 'ms', targets: [] },
  ]
}

function fanOutRows(
  subscribers: number,
  targets: Partial<Record<'p50' | 'cpu' | 'rate' | 'perMillion', HubRow['targets']>> = {},
): HubRow[] {
  const common = { benchmark: `fan-out-${subscribers}`, group: 'fan-out' } as const
  const to = `to ${subscribers.toLocaleString('en-US')} subscribers`
  return [
    {
      ...common,
      id: `fan-out-${subscribers}-p50`,
      title: `20 edits/s ${to}, p50`,
      metric: 'p50',
      unit: 'ms',
      targets: targets.p50 ?? [],
    },
    {
      ...common,
      id: `fan-out-${subscribers}-p99`,
      title: `20 edits/s ${to}, p99`,
      metric: 'p99',
      unit: 'ms',
      targets: [],
    },
    {
      ...common,
      id: `fan-out-${subscribers}-cpu`,
      title: `20 edits/s ${to}, CPU of the server`,
      metric: 'cpuPercent',
      unit: 'percent',
      targets: targets.cpu ?? [],
    },
    {
      ...common,
      id: `fan-out-${subscribers}-rate`,
      title: `200 edits in flight ${to}, deliveries`,
      metric: 'rate',
      unit: 'per second',
      isMoreBetter: true,
      targets: targets.rate ?? [],
    },
    {
      ...common,
      id: `fan-out-${subscribers}-cpu-per-million`,
      title: `200 edits in flight ${to}, CPU for a million deliveries`,
      metric: 'cpuSecondsPerMillion',
      unit: 'seconds',
      targets: targets.perMillion ?? [],
    },
  ]
}

/** The rows in the order in which they are shown. */
export const rows: readonly HubRow[] = [
  ...writeRows('writes-20', '50 writers with 20 in flight', { rate: WRITES_TARGETS }),
  ...writeRows('writes-20-bundled', '20 in flight, what is due at once in one message', {
    rate: WRITES_TARGETS,
  }),
  ...writeRows('writes-1', '50 writers with 1 in flight', { p50: [{ ratio: 3, to: 'socket.io' }] }),
  ...writeRows('writes-postgres', 'bundled, on PostgreSQL', {}),
  ...writeRows('writes-redis', 'bundled, on Redis that syncs each command', {}),
  ...fanOutRows(10),
  ...fanOutRows(100, { perMillion: [{ atMost: 0.2 }] }),
  ...fanOutRows(1000, {
    p50: [{ ratio: 1.25, to: 'ws' }],
    cpu: [{ ratio: 1.45, to: 'ws' }],
    rate: [{ atLeast: 4 * MILLION }],
  }),
  {
    id: 'idle-memory',
    title: 'memory of an idle connection, of 5,000',
    benchmark: 'idle-memory',
    metric: 'bytes',
    unit: 'bytes',
    group: 'connections',
    targets: [{ ratio: 1.05, to: 'socket.io' }],
  },
  {
    id: 'connect-current',
    title: '1,000 clients at once, up to date',
    benchmark: 'connect',
    metric: 'currentMs',
    unit: 'ms',
    group: 'connections',
    targets: [{ ratio: 1.05, to: 'socket.io' }],
  },
  {
    id: 'connect-empty',
    title: '1,000 clients at once, with nothing',
    benchmark: 'connect',
    metric: 'emptyMs',
    unit: 'ms',
    group: 'connections',
    targets: [{ ratio: 1.15, to: 'socket.io' }],
  },
  ...(
    [
      ['queued-ops', 'a client comes back with 10,000 edits at random places'],
      ['queued-typing', 'the same with 10,000 edits as a person types'],
    ] as const
  ).map(([id, title]): HubRow => ({
    id,
    title,
    benchmark: id,
    metric: 'ms',
    unit: 'ms',
    group: 'documents',
    targets: [{ ratio: 0.5, to: 'y-websocket' }],
  })),
  ...(
    [
      ['join-process', 'a new process joins 260,000 edits', 'processMs'],
      ['join-warm', 'a new client joins them', 'warmMs'],
      ['join-unloaded', 'the same from a server that has not loaded them', 'unloadedMs'],
    ] as const
  ).map(([id, title, metric]): HubRow => ({
    id,
    title,
    benchmark: 'join',
    metric,
    unit: 'ms',
    group: 'documents',
    targets: [{ ratio: 0.5, to: 'y-websocket' }],
  })),
  {
    id: 'two-hubs-added',
    title: 'two hubs through Redis: what p50 they add',
    benchmark: 'two-hubs',
    metric: 'addedMs',
    unit: 'ms',
    group: 'cluster',
    targets: [{ atMost: 0.8 }],
  },
  {
    id: 'two-hubs-throughput',
    title: 'two hubs: deliveries beside one hub',
    benchmark: 'two-hubs',
    metric: 'throughput',
    unit: 'ratio',
    group: 'cluster',
    isMoreBetter: true,
    targets: [{ atLeast: 0.9 }],
  },
  {
    id: 'two-hubs-publishes',
    title: 'two hubs: publishes of a stream for each flush',
    benchmark: 'two-hubs',
    metric: 'publishes',
    unit: 'count',
    group: 'cluster',
    targets: [{ atMost: 1 }],
  },
]
