import { isDeepStrictEqual } from 'node:util'
import { Fold, type AnyMergeRule } from '@flowsync/crdt'
import type { SimulatedStream } from './scenario.js'
import { simulatedStreams } from './streams.js'
import { show } from './workload.js'
import type { World } from './world.js'

/** Long enough for any instance to close, and for another to load. */
const PAUSE_MS = 1_000

/**
 * Has every device leave in good order and start again without a network: what it shows now comes from its disk alone,
 * and must be what the log folds to at the cursor it kept. Whoever could save all along has kept the head, unless there
 * was a checkpoint.
 */
export async function checkReloads(world: World, streams: readonly SimulatedStream[]): Promise<void> {
  const healths = world.devices.map(({ client }) => client?.getSnapshot().storage.health)
  for (const device of world.devices) device.leave()
  await world.scheduler.runUntil(world.scheduler.nowMs + PAUSE_MS)
  world.log.write('scenario', 'everybody starts again, offline')
  for (const device of world.devices) {
    device.goOffline()
    device.start()
  }
  await world.scheduler.runUntil(world.scheduler.nowMs + PAUSE_MS)

  for (const [index, device] of world.devices.entries()) {
    device.checkTold()
    for (const stream of streams) {
      const where = `${device.name} ${stream}`
      const state = device.client?.dehydrate([stream]).streams[0]
      const handle = device.handleOf(stream)
      const wasSaved = healths[index] === 'ok'
      if (!state || !handle) {
        if (wasSaved) world.report(`G5: ${where} shows nothing after a reload without network`)
        continue
      }
      const expected = foldThrough(world, stream, state.seq)
      if (!isDeepStrictEqual(handle.value, expected)) {
        world.report(
          `G5: ${where} shows ${show(handle.value)} after a reload, at seq ${state.seq}, instead of ${show(expected)}`,
        )
      }
      const head = world.store.logOf(stream).length
      // Behind a checkpoint, which only long texts cause, an op made on an older version waits for the network.
      if (wasSaved && world.padding === 0 && state.seq !== head)
        world.report(`G5: ${where} has kept ${state.seq} of ${head} ops`)
    }
  }
}

function foldThrough(world: World, stream: SimulatedStream, seq: number): unknown {
  const rule: AnyMergeRule = simulatedStreams.ruleFor(stream)
  const fold = new Fold(rule)
  for (const op of world.store.logOf(stream).slice(0, seq)) fold.receive(op)
  return fold.value
}
