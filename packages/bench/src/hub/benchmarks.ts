import type { HubBenchmark } from './benchmark.js'
import { connect } from './benchmarks/connect.js'
import { fanOut } from './benchmarks/fan-out.js'
import { idleMemory } from './benchmarks/idle-memory.js'
import { join } from './benchmarks/join.js'
import { queuedOps } from './benchmarks/queued-ops.js'
import { twoHubs } from './benchmarks/two-hubs.js'
import { writes } from './benchmarks/writes.js'

/** What can be measured, in the order in which it is. */
export const benchmarks: readonly HubBenchmark[] = [
  ...writes,
  ...fanOut,
  idleMemory,
  connect,
  ...queuedOps,
  join,
  twoHubs,
]
