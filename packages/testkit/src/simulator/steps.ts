import type { Step } from './scenario.js'
import type { World } from './world.js'

/** Does one step of a scenario to the world, and schedules the end of what lasts. */
export function performStep(world: World, step: Step): void {
  const { kind, atMs: _, ...details } = step
  const device = 'client' in step ? world.devices[step.client] : undefined
  if (kind !== 'edit') world.log.write('scenario', `${kind} ${JSON.stringify(details)}`)
  if (device) performOnDevice(world, step, device)
  else performOnHub(world, step)
}

function later(world: World, delayMs: number, label: string, act: () => void): void {
  world.scheduler.schedule(delayMs, label, () => {
    // Healing has ended every fault already, and some seeds keep one beyond it.
    if (world.isHealed) return
    world.log.write('scenario', label)
    act()
  })
}

function performOnDevice(world: World, step: Step, device: World['devices'][number]): void {
  const { name, browser } = device
  switch (step.kind) {
    case 'edit':
      device.edit(step.stream, step.salt, step.count)
      break
    case 'go-offline':
      device.goOffline()
      break
    case 'go-online':
      device.goOnline()
      break
    case 'close-stream':
      device.closeStream(step.stream)
      break
    case 'open-stream':
      device.openStream(step.stream)
      break
    case 'break':
      world.network.break(name)
      break
    case 'lose-answer':
      world.network.breakOnFrame(name, isAnswer)
      break
    case 'stall':
      world.network.stall(name, step.directions)
      later(world, step.forMs, `the way of ${name} is open again`, () => world.network.resume(name))
      break
    case 'crash-client':
      device.crash()
      later(world, step.downMs, `${name} starts again`, () => device.start())
      break
    case 'reload-client':
      device.leave()
      later(world, step.downMs, `${name} starts again`, () => device.start())
      break
    case 'fill-client-disk':
      browser.disk.isFull = true
      later(world, step.forMs, `the disk of ${name} has room again`, () => {
        browser.disk.isFull = false
      })
      break
    case 'jump-clock':
      device.jumpClock(step.byMs)
      break
    case 'token-outage':
      world.tokens.outages.add(browser.user)
      later(world, step.forMs, `tokens for ${name} again`, () => world.tokens.outages.delete(browser.user))
      break
    default:
      break
  }
}

function performOnHub(world: World, step: Step): void {
  const { bus, hubBus } = world
  const hub = world.hubs[('hub' in step ? step.hub : undefined) ?? 0]
  if (!hub) return
  switch (step.kind) {
    case 'crash-hub':
      hub.crash(step.isPowerLoss)
      later(world, step.downMs, 'the hub starts again', () => hub.start())
      break
    case 'crash-hub-on':
      hub.crashOn(step.moment, () => later(world, step.downMs, 'the hub starts again', () => hub.start()))
      break
    case 'restart-hub':
      hub.stop(() => later(world, step.downMs, 'the hub starts again', () => hub.start()))
      break
    case 'slow-hub-disk':
      hub.isDiskSlow = true
      later(world, step.forMs, "the hub's disk is fast again", () => {
        hub.isDiskSlow = false
      })
      break
    case 'fill-hub-disk':
      hub.isDiskFull = true
      later(world, step.forMs, "the hub's disk has room again", () => {
        hub.isDiskFull = false
      })
      break
    case 'disturb-bus':
      for (const each of [bus, hubBus]) Object.assign(each, { loss: step.loss, delayMs: step.delayMs })
      later(world, step.forMs, 'the bus works again', () => {
        for (const each of [bus, hubBus]) Object.assign(each, { loss: 0, delayMs: 0 })
      })
      break
    case 'cut-hub-off':
      hub.isCutOff = true
      later(world, step.forMs, `${hub.name} reaches the other hubs again`, () => {
        hub.isCutOff = false
      })
      break
    case 'truncate':
      hub.truncate(step.stream)
      break
    default:
      break
  }
}

/** Code of `pushed`. */
const PUSHED = 0x44

function isAnswer(frame: Uint8Array): boolean {
  return frame[0] === PUSHED
}
