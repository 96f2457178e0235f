import { describe, expect, it } from 'vitest'
import { Network, type HubSide } from './network.js'
import { Process } from './process.js'
import { createRandom } from './random.js'
import { Scheduler } from './scheduler.js'

/** A network with an echoing hub and one client that writes down what it is told. */
function createWorld(seed: number | string = 1) {
  const scheduler = new Scheduler((error) => {
    throw error
  })
  const random = createRandom(seed)
  const network = new Network({
    scheduler,
    random: random.fork('network'),
    onEvent: () => undefined,
    describeFrame: (frame) => `${frame[0]}`,
  })
  const heard: string[] = []
  const sides: HubSide[] = []
  const startHub = () => {
    const hub = new Process('hub', scheduler, random.fork('hub'))
    network.listen(hub, (workspace, side) => {
      heard.push(`hub: open ${workspace}`)
      sides.push(side)
      return {
        onFrame: (frame) => {
          heard.push(`hub: ${frame[0]}`)
          side.send(frame)
        },
        onClose: (reason) => heard.push(`hub: ${reason}`),
      }
    })
    return hub
  }
  const client = new Process('client0', scheduler, random.fork('client'))
  const connect = () =>
    network.connect(client, 'w', {
      onOpen: () => heard.push('client: open'),
      onFrame: (frame) => heard.push(`client: ${frame[0]}`),
      onClose: (reason) => heard.push(`client: ${reason}`),
    })
  const take = () => heard.splice(0)
  return { scheduler, network, startHub, client, connect, take, sides }
}

const frame = (value: number) => Uint8Array.of(value)

describe('Network', () => {
  it('opens, carries frames both ways in order, and closes', async () => {
    const { scheduler, startHub, connect, take } = createWorld()
    startHub()
    const side = connect()
    expect(take()).toEqual([])
    await scheduler.runUntil(100)
    expect(take()).toEqual(['hub: open w', 'client: open'])
    const reused = frame(1)
    side.send(reused)
    reused[0] = 9
    side.send(frame(2))
    await scheduler.runUntil(200)
    expect(take().filter((line) => line.startsWith('hub'))).toEqual(['hub: 1', 'hub: 2'])
    side.close()
    await scheduler.runUntil(300)
    expect(take()).toEqual(['hub: the client closed'])
  })

  it('tells a client when nobody listens', async () => {
    const { scheduler, connect, take } = createWorld()
    connect()
    await scheduler.runUntil(100)
    expect(take()).toEqual(['client: nobody answers'])
  })

  it('delivers what the hub sent before it hung up', async () => {
    const { scheduler, startHub, connect, take, sides } = createWorld()
    startHub()
    connect()
    await scheduler.runUntil(100)
    take()
    sides[0]?.send(frame(7))
    sides[0]?.close()
    sides[0]?.send(frame(8))
    await scheduler.runUntil(200)
    expect(take().sort()).toEqual(['client: 7', 'client: the hub closed', 'hub: the hub closed'])
  })

  it('breaks under both ends', async () => {
    const { scheduler, startHub, connect, take, network } = createWorld()
    startHub()
    const side = connect()
    await scheduler.runUntil(100)
    take()
    network.break('client0')
    side.send(frame(1))
    await scheduler.runUntil(200)
    expect(take().sort()).toEqual(['client: a broken connection', 'hub: a broken connection'])
  })

  it('loses an answer on demand, once', async () => {
    const { scheduler, startHub, connect, take, network } = createWorld()
    startHub()
    const first = connect()
    network.breakOnFrame('client0', (bytes) => bytes[0] === 1)
    await scheduler.runUntil(100)
    first.send(frame(1))
    await scheduler.runUntil(200)
    const heard = take()
    expect(heard).toEqual(expect.arrayContaining(['hub: 1', 'client: a broken connection']))
    expect(heard).not.toContain('client: 1')
    const second = connect()
    await scheduler.runUntil(300)
    second.send(frame(1))
    await scheduler.runUntil(400)
    expect(take()).toContain('client: 1')
  })

  it('keeps a half-open connection until a heartbeat is missed', async () => {
    const { scheduler, startHub, connect, take, network } = createWorld()
    startHub()
    const side = connect()
    await scheduler.runUntil(100)
    take()
    network.stall('client0', 'down')
    side.send(frame(1))
    await scheduler.runUntil(3000)
    expect(take()).toEqual(['hub: 1'])
    connect()
    await scheduler.runUntil(20_000)
    expect(take().sort()).toEqual([
      'client: a lost heartbeat',
      'client: a lost heartbeat',
      'hub: a lost heartbeat',
    ])
  })

  it('lets a stalled connection go on when it was short', async () => {
    const { scheduler, startHub, connect, take, network } = createWorld()
    startHub()
    const side = connect()
    await scheduler.runUntil(100)
    take()
    network.stall('client0', 'both')
    side.send(frame(1))
    await scheduler.runUntil(2000)
    expect(take()).toEqual([])
    network.resume('client0')
    await scheduler.runUntil(30_000)
    expect(take()).toEqual(['hub: 1', 'client: 1'])
  })

  it('closes half-open connections when it heals', async () => {
    const { scheduler, startHub, connect, take, network } = createWorld()
    startHub()
    connect()
    await scheduler.runUntil(100)
    network.stall('client0', 'up')
    take()
    network.heal()
    await scheduler.runUntil(200)
    expect(take().sort()).toEqual(['client: a lost heartbeat', 'hub: a lost heartbeat'])
    const side = connect()
    await scheduler.runUntil(300)
    side.send(frame(3))
    await scheduler.runUntil(400)
    expect(take()).toContain('client: 3')
  })

  it('leaves clients of a lost machine in the dark, and tells those of a killed process', async () => {
    const { scheduler, startHub, connect, take, network } = createWorld()
    const first = startHub()
    connect()
    await scheduler.runUntil(100)
    take()
    first.kill()
    network.abandonAll(first)
    network.stall('client0', 'up')
    await scheduler.runUntil(3000)
    network.resume('client0')
    expect(take()).toEqual([])
    await scheduler.runUntil(20_000)
    expect(take()).toEqual(['client: a lost heartbeat'])

    const second = startHub()
    connect()
    await scheduler.runUntil(20_100)
    take()
    second.kill()
    network.breakAll(second)
    await scheduler.runUntil(20_200)
    expect(take()).toEqual(['client: a broken connection'])
  })
})
