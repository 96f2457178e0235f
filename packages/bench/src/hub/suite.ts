import type { Suite } from '../report/suite.js'
import { peerNames } from './peers.js'
import { rows } from './rows.js'
import type { HubResult } from './run-rows.js'

/** How runs of these benchmarks are shown and recorded. */
export const hubSuite: Suite<HubResult> = {
  name: 'hub',
  title: 'Benchmarks of the hub',
  conditions: ({ trace, seconds, isQuick }) => [
    `the long document: ${trace}`,
    `each server in a process of its own, run by run in turn; its clients in another process on the same machine; the whole took ${Math.round(seconds / 60)} minutes`,
    ...(isQuick ? ['a quick run, with less of everything: not to be compared'] : []),
  ],
  aboutFigures:
    'Medians of the runs. Server and clients share the machine, so that what clients take a server does not get; ' +
    'the clients of all peers are equally bare, and check every delivery. `floor` stands for the bare store. ' +
    'FlowSync stores durably, on SQLite where nothing else is said, before it acknowledges or delivers; of the others only `ws+sqlite` stores anything. ' +
    'A delivery is one edit that reached one subscriber, however many travelled in a frame. 1 KB is 1,000 bytes.',
  peers: peerNames,
  rowIds: rows.map(({ id }) => id),
  charts: {
    writes: 'Acknowledged writes',
    'fan-out': 'One writer and many subscribers',
    connections: 'Connections',
    documents: 'Coming back and joining',
    cluster: 'Two hubs',
  },
  sameConditions: ({ trace, isQuick }) => [trace, isQuick],
}
