import type { Device } from './device.js'
import type { SimulatedStream } from './scenario.js'
import type { World } from './world.js'

/** G4: how long after the network is whole a connected client may lag behind the head. */
const CATCH_UP_MS = 5_000
/** G17: how long after healing the queues may take to drain. */
const DRAIN_MS = 30_000
const STEP_MS = 100
/** A write that a slow disk began before healing is answered only now. */
const SLOWEST_WRITE_MS = 2_000

/** How long healing took. */
export interface Recovery {
  readonly drainedMs: number
  readonly caughtUpMs: number
}

/**
 * Lets a healed world run until every queue is empty (G17) and everybody has caught up (G4), and reports who was late.
 * A client has 5 s from the moment when the last of these is true: the world is healed, it is connected, the log stands still.
 */
export async function checkLiveness(world: World, streams: readonly SimulatedStream[]): Promise<Recovery> {
  const healedAtMs = world.scheduler.nowMs
  const deadlineMs = healedAtMs + DRAIN_MS
  const connectedSince = new Map<Device, number>()
  const late = new Set<Device>()
  let heads = headsOf(world, streams)
  let stillSinceMs = healedAtMs + SLOWEST_WRITE_MS
  let drainedMs: number | undefined

  for (;;) {
    await world.scheduler.runUntil(world.scheduler.nowMs + STEP_MS)
    const nowMs = world.scheduler.nowMs
    const newHeads = headsOf(world, streams)
    if (newHeads.some((head, index) => head !== heads[index])) stillSinceMs = Math.max(stillSinceMs, nowMs)
    heads = newHeads

    const isDrained = world.devices.every(({ client }) => client?.getSnapshot().pendingCount === 0)
    if (isDrained) drainedMs ??= nowMs - healedAtMs
    else drainedMs = undefined
    const behind = world.devices.filter((device) => !isCaughtUp(device, streams, heads))
    if (isDrained && behind.length === 0) return { drainedMs: drainedMs ?? 0, caughtUpMs: nowMs - healedAtMs }

    for (const device of world.devices) {
      if (!device.client?.getSnapshot().isOnline) connectedSince.delete(device)
      else if (!connectedSince.has(device)) connectedSince.set(device, nowMs)
    }
    for (const device of behind) {
      const since = Math.max(stillSinceMs, connectedSince.get(device) ?? nowMs)
      // Where own edits wait, the confirmed cursor is not told; the limit for queues is G17's.
      if (nowMs - since <= CATCH_UP_MS || late.has(device) || device.client?.getSnapshot().pendingCount !== 0)
        continue
      late.add(device)
      world.report(
        `G4: ${describe(device, streams)} although the log stands at ${heads.join(', ')} since ${since.toFixed(0)} ms`,
      )
    }
    if (nowMs >= deadlineMs) {
      for (const device of world.devices) {
        if (device.client?.getSnapshot().pendingCount !== 0 || behind.includes(device)) {
          world.report(`G17: 30 s after healing ${describe(device, streams)}`)
        }
      }
      return { drainedMs: drainedMs ?? DRAIN_MS, caughtUpMs: DRAIN_MS }
    }
  }
}

function headsOf(world: World, streams: readonly SimulatedStream[]): number[] {
  return streams.map((stream) => world.store.logOf(stream).length)
}

function isCaughtUp(device: Device, streams: readonly SimulatedStream[], heads: readonly number[]): boolean {
  if (device.client?.getSnapshot().state !== 'live') return false
  const cursors = cursorsOf(device, streams)
  return streams.every((stream, index) => cursors.get(stream) === heads[index])
}

function cursorsOf(device: Device, streams: readonly SimulatedStream[]): Map<string, number> {
  const { streams: states = [] } = device.client?.dehydrate([...streams]) ?? {}
  return new Map(states.map(({ name, seq }) => [name, seq]))
}

function describe(device: Device, streams: readonly SimulatedStream[]): string {
  const { client, name } = device
  if (!client) return `${name} is not running`
  const { state, pendingCount, error, storage } = client.getSnapshot()
  const cursors = cursorsOf(device, streams)
  const places = streams.map((stream) => `${stream}@${cursors.get(stream) ?? '?'}`).join(' ')
  const problem = error ? `, ${error.code}: ${error.message}` : ''
  return `${name} is ${state} (storage ${storage.health}) with ${pendingCount} pending edits at ${places}${problem}`
}
