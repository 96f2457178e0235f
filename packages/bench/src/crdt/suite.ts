import type { Suite } from '../report/suite.js'
import { peerNames } from './adapters.js'
import { rows } from './rows.js'
import type { CrdtResult } from './run-rows.js'

/** How runs of these benchmarks are shown and recorded. */
export const crdtSuite: Suite<CrdtResult> = {
  name: 'crdt',
  title: 'Benchmarks of the merge rules',
  conditions: ({ traces, seconds }) => [
    `recordings: ${traces.sequential} (one person), ${traces.concurrent} (two people)`,
    `each peer in a process of its own, run by run in turn; the whole took ${Math.round(seconds / 60)} minutes`,
  ],
  aboutFigures:
    'Medians of hot runs; in brackets, where it differs, the median of first runs in new processes. Less is better everywhere. `~` stands for a figure scaled up from a part of the work, ' +
    '`floor` for what the work costs without any merging. 1 KB is 1,000 bytes.',
  peers: peerNames,
  rowIds: rows.map(({ id }) => id),
  charts: {
    editing: 'Editing a text',
    merging: 'Merging texts',
    storing: 'Storing and loading a text',
    'maps and lists': 'Maps, lists and counters',
    size: 'Size of a bundle',
  },
  sameConditions: ({ traces }) => traces,
}
