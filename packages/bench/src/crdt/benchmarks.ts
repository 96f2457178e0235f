import type { Benchmark } from './benchmark.js'
import { concurrentGraph, concurrentLive } from './benchmarks/concurrent-text.js'
import { counterIncrements } from './benchmarks/counter.js'
import { listPushes, listRandom } from './benchmarks/list.js'
import { mapApplied, mapMade, mapMemory, mapOverwrites, mapSaved } from './benchmarks/map.js'
import { mergeBursty10k, mergeBursty50k, mergeRandom50k } from './benchmarks/merge.js'
import {
  encodeHistory,
  historyBytes,
  joinerBytes,
  loadedMemory,
  loadEdit,
  loadText,
} from './benchmarks/storage.js'
import { liveEdits, localEdits } from './benchmarks/text-editing.js'

/** Everything that runs inside a worker with an adapter, in the order in which it is run. */
export const benchmarks: readonly Benchmark[] = [
  localEdits,
  liveEdits,
  concurrentLive,
  concurrentGraph,
  mergeBursty10k,
  mergeBursty50k,
  mergeRandom50k,
  historyBytes,
  joinerBytes,
  encodeHistory,
  loadText,
  loadEdit,
  loadedMemory,
  mapMade,
  mapApplied,
  mapSaved,
  mapMemory,
  mapOverwrites,
  counterIncrements,
  listPushes,
  listRandom,
]
