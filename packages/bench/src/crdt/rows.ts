import type { Target } from '../report/verdict.js'
import type { Unit } from '../report/format.js'
import type { PeerName } from './adapters.js'

/** One line of the table: a figure of a benchmark, and what FlowSync wants to reach there. */
export interface Row {
  /** What `--rows` and quoted figures call it. */
  readonly id: string
  readonly title: string
  /** What gives its figure. */
  readonly benchmark: string
  /** The figure of the benchmark that this row shows. */
  readonly metric: string
  readonly unit: Unit
  readonly group: 'editing' | 'merging' | 'storing' | 'maps and lists' | 'size'
  readonly targets: readonly Target<PeerName>[]
}

const KB = 1_000
const MB = 1_000_000

/** The rows in the order in which they are shown. */
export const rows: readonly Row[] = [
  {
    id: 'local-edits',
    title: 'local edits, one call each',
    benchmark: 'local-edits',
    metric: 'ms',
    unit: 'ms',
    group: 'editing',
    targets: [
      { ratio: 0.35, to: 'diamond-types' },
      { ratio: 0.1, to: 'json-joy' },
      { ratio: 0.01, to: 'yjs' },
    ],
  },
  {
    id: 'live',
    title: 'an update per edit, made and applied',
    benchmark: 'live',
    metric: 'ms',
    unit: 'ms',
    group: 'editing',
    targets: [
      { ratio: 0.35, to: 'json-joy' },
      { ratio: 0.025, to: 'yjs' },
    ],
  },
  {
    id: 'live-bytes',
    title: 'bytes per update',
    benchmark: 'live',
    metric: 'bytes',
    unit: 'bytes',
    group: 'editing',
    // Inside a session that has introduced its replica.
    targets: [{ atMost: 6 }],
  },
  {
    id: 'concurrent-live',
    title: 'two people at once, update by update',
    benchmark: 'concurrent-live',
    metric: 'ms',
    unit: 'ms',
    group: 'merging',
    targets: [{ ratio: 0.9, to: 'json-joy' }],
  },
  {
    id: 'concurrent-graph',
    title: 'the same as one update',
    benchmark: 'concurrent-graph',
    metric: 'ms',
    unit: 'ms',
    group: 'merging',
    targets: [{ ratio: 0.9, to: 'diamond-types' }],
  },
  {
    id: 'merge-bursty-10k',
    title: 'merge 2 × 10k edits, in bursts',
    benchmark: 'merge-bursty-10k',
    metric: 'ms',
    unit: 'ms',
    group: 'merging',
    targets: [
      { ratio: 0.6, to: 'diamond-types' },
      { ratio: 1, to: 'yjs', of: 'first' },
    ],
  },
  {
    id: 'merge-bursty-50k',
    title: 'merge 2 × 50k edits, in bursts',
    benchmark: 'merge-bursty-50k',
    metric: 'ms',
    unit: 'ms',
    group: 'merging',
    targets: [{ ratio: 0.75, to: 'ywasm' }],
  },
  {
    id: 'merge-random-50k',
    title: 'merge 2 × 50k edits, at random places',
    benchmark: 'merge-random-50k',
    metric: 'ms',
    unit: 'ms',
    group: 'merging',
    targets: [{ ratio: 0.8, to: 'diamond-types' }],
  },
  {
    id: 'history-bytes',
    title: 'whole history, deflated',
    benchmark: 'history-bytes',
    metric: 'bytes',
    unit: 'bytes',
    group: 'storing',
    targets: [{ atMost: 75 * KB }, { ratio: 0.69, to: 'diamond-types' }],
  },
  {
    id: 'joiner-bytes',
    title: 'state for a joiner, deflated',
    benchmark: 'joiner-bytes',
    metric: 'bytes',
    unit: 'bytes',
    group: 'storing',
    targets: [{ atMost: 30 * KB }],
  },
  {
    id: 'encode-history',
    title: 'encode the history',
    benchmark: 'encode-history',
    metric: 'ms',
    unit: 'ms',
    group: 'storing',
    targets: [{ atMost: 1 }],
  },
  {
    id: 'load-text',
    title: 'load and read the text',
    benchmark: 'load-text',
    metric: 'ms',
    unit: 'ms',
    group: 'storing',
    targets: [{ atMost: 0.5 }, { atMost: 3, of: 'first' }],
  },
  {
    id: 'load-edit',
    title: 'load and edit once',
    benchmark: 'load-edit',
    metric: 'ms',
    unit: 'ms',
    group: 'storing',
    targets: [{ atMost: 1 }],
  },
  {
    id: 'memory',
    title: 'memory after load and edit',
    benchmark: 'memory',
    metric: 'bytes',
    unit: 'bytes',
    group: 'storing',
    targets: [{ atMost: 0.6 * MB }],
  },
  {
    id: 'first-edit',
    title: 'import and first edit, new process',
    benchmark: 'first-edit',
    metric: 'ms',
    unit: 'ms',
    group: 'storing',
    targets: [{ atMost: 4 }],
  },
  {
    id: 'map-made',
    title: 'map: 100k sets',
    benchmark: 'map-made',
    metric: 'ms',
    unit: 'ms',
    group: 'maps and lists',
    targets: [{ ratio: 0.21, to: 'json-joy' }],
  },
  {
    id: 'map-applied',
    title: 'map: 100k sets, made and applied',
    benchmark: 'map-applied',
    metric: 'ms',
    unit: 'ms',
    group: 'maps and lists',
    targets: [{ ratio: 0.32, to: 'json-joy' }],
  },
  {
    id: 'map-bytes',
    title: 'map: bytes per update',
    benchmark: 'map-applied',
    metric: 'bytes',
    unit: 'bytes',
    group: 'maps and lists',
    targets: [{ atMost: 18 }],
  },
  {
    id: 'map-saved',
    title: 'map: 100k keys saved',
    benchmark: 'map-saved',
    metric: 'bytes',
    unit: 'bytes',
    group: 'maps and lists',
    targets: [],
  },
  {
    id: 'map-saved-gzip',
    title: 'map: 100k keys saved, gzipped',
    benchmark: 'map-saved',
    metric: 'gzipped',
    unit: 'bytes',
    group: 'maps and lists',
    targets: [{ ratio: 1, to: 'yjs' }],
  },
  {
    id: 'map-memory',
    title: 'map: 100k keys in memory',
    benchmark: 'map-memory',
    metric: 'bytes',
    unit: 'bytes',
    group: 'maps and lists',
    targets: [{ atMost: 12 * MB }],
  },
  {
    id: 'map-overwrites',
    title: 'map: 1k keys after 100k overwrites',
    benchmark: 'map-overwrites',
    metric: 'bytes',
    unit: 'bytes',
    group: 'maps and lists',
    targets: [{ atMost: 17 * KB }],
  },
  {
    id: 'counter',
    title: 'counter: 100k increments',
    benchmark: 'counter',
    metric: 'ms',
    unit: 'ms',
    group: 'maps and lists',
    targets: [{ ratio: 0.1, to: 'loro' }],
  },
  {
    id: 'list-pushes',
    title: 'list: 100k pushes',
    benchmark: 'list-pushes',
    metric: 'ms',
    unit: 'ms',
    group: 'maps and lists',
    targets: [{ ratio: 0.5, to: 'ywasm' }],
  },
  {
    id: 'list-random',
    title: 'list: 20k random inserts, made and applied',
    benchmark: 'list-random',
    metric: 'ms',
    unit: 'ms',
    group: 'maps and lists',
    targets: [{ ratio: 0.5, to: 'yjs' }],
  },
  {
    id: 'size',
    title: 'size: text, list and map, min + gzip',
    benchmark: 'size-main',
    metric: 'bytes',
    unit: 'bytes',
    group: 'size',
    targets: [{ atMost: 12 * KB }],
  },
  {
    id: 'size-small',
    title: 'size: counter, set, register and log, min + gzip',
    benchmark: 'size-small',
    metric: 'bytes',
    unit: 'bytes',
    group: 'size',
    targets: [{ atMost: 4 * KB }],
  },
]
