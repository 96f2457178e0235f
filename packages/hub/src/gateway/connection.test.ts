import { encodeClientMessage, PROTOCOL_VERSION } from '@flowsync/protocol'
import { describe, expect, it } from 'vitest'
import { EngineWorld, plainAuth, put, replica } from '../tests/engine-world.js'
import { settle } from '../tests/manual-system.js'

describe('a connection', () => {
  it('is welcomed with what it may do', async () => {
    const world = await EngineWorld.start()
    const peer = await world.join('ada|write:*|60')
    expect(peer.last('welcome')).toMatchObject({
      id: 1,
      version: PROTOCOL_VERSION,
      subject: 'ada',
      serverTimeMs: world.system.nowMs(),
      expiresAtMs: world.system.nowMs() + 60_000,
      limits: { frameBytes: 10 * 1024 * 1024, opsPerPush: 10_000 },
    })
  })

  it('may send on without waiting for `welcome`', async () => {
    const world = await EngineWorld.start()
    const peer = world.connect()
    peer.hello('ada|write:*', replica(1))
    peer.subscribe('tape:a')
    expect(peer.heard).toEqual([])
    await settle()
    expect(peer.heard.map(({ type }) => type)).toEqual(['welcome', 'subscribed'])
  })

  it('that cannot be welcomed is ended, and nothing else', async () => {
    const world = await EngineWorld.start()
    const peer = world.connect()
    peer.admit = () => {
      throw new Error('a fault of the hub')
    }
    peer.hello('ada', replica(1))
    await settle()
    expect([peer.refusal, peer.isClosed]).toEqual(['hub/internal', true])
    expect(world.engine.connectionCount).toBe(0)
  })

  it('ends without `hello` in time, also when the authenticator hangs', async () => {
    const world = await EngineWorld.start({ auth: () => new Promise(() => undefined) })
    const [silent, hanging] = [world.connect(), world.connect()]
    hanging.hello('ada', replica(1))
    await world.system.advance(4_999)
    expect([silent.isClosed, hanging.isClosed]).toEqual([false, false])
    await world.system.advance(1)
    expect([silent.refusal, hanging.refusal]).toEqual(['protocol/hello-timeout', 'protocol/hello-timeout'])
    expect([silent.isClosed, hanging.isClosed]).toEqual([true, true])
    expect(world.engine.connectionCount).toBe(0)
  })

  it.each([
    ['garbage', Uint8Array.of(250, 1, 2, 3), 'protocol/unexpected-message'],
    ['nothing', new Uint8Array(0), 'codec/malformed'],
    ['a truncated hello', Uint8Array.of(1, 1, 1, 9), 'codec/malformed'],
    [
      'another message',
      encodeClientMessage({ type: 'renew', id: 3, token: 't' }),
      'protocol/unexpected-message',
    ],
    ['a frame above the limit', new Uint8Array(64 * 1024 + 1), 'frame/too-large'],
  ])('that begins with %s ends with a reason', async (_name, frame, code) => {
    const world = await EngineWorld.start()
    const peer = world.connect()
    const other = await world.join()
    peer.sendRaw(frame)
    await settle()
    expect(peer.last('refused')).toMatchObject({ id: 0, error: { code } })
    expect([peer.isClosed, other.isClosed]).toEqual([true, false])
  })

  it('refuses another version by its request', async () => {
    const world = await EngineWorld.start()
    const peer = world.connect()
    const frame = encodeClientMessage({
      type: 'hello',
      id: 7,
      version: PROTOCOL_VERSION + 1,
      replica: replica(1),
      adopted: [],
      token: 't',
      client: 'c',
    })
    peer.sendRaw(frame)
    expect(peer.last('refused')).toMatchObject({ id: 7, error: { code: 'protocol/version-unsupported' } })
    expect(peer.isClosed).toBe(true)
  })

  it('refuses tokens with a reason and closes', async () => {
    const world = await EngineWorld.start()
    for (const [token, code] of [
      ['', 'auth/token-missing'],
      ['|write:*', 'auth/token-invalid'],
      ['ada|write:*|-1', 'auth/token-expired'],
    ] as const) {
      const peer = world.connect()
      peer.hello(token, replica(1))
      await settle()
      expect(peer.last('refused')).toMatchObject({ id: 1, error: { code } })
      expect(peer.isClosed).toBe(true)
    }
  })

  it('tells nothing of an authenticator that fails', async () => {
    const logged: unknown[] = []
    const log = (fields: unknown, message: string) => logged.push([fields, message])
    const world = await EngineWorld.start({
      auth: () => {
        throw new Error('password of the database: canary')
      },
      logger: { debug: log, info: log, warn: log, error: log },
    })
    const peer = world.connect()
    peer.hello('ada', replica(1))
    await settle()
    expect(peer.last('refused').error).toMatchObject({ code: 'hub/internal', details: '' })
    expect(JSON.stringify(logged)).toContain('a request failed')
    expect(JSON.stringify([logged, peer.heard])).not.toContain('canary')
  })

  it('bounds what is sent before `welcome`', async () => {
    const world = await EngineWorld.start({ auth: () => new Promise(() => undefined) })
    const peer = world.connect()
    peer.hello('ada', replica(1))
    for (let i = 0; i < 9; i++) peer.sendRaw(new Uint8Array(8 * 1024))
    expect(peer.refusal).toBe('frame/too-large')
    expect(peer.isClosed).toBe(true)
  })

  it('bounds how many frames wait for `welcome`, also empty ones', async () => {
    const world = await EngineWorld.start({ auth: () => new Promise(() => undefined) })
    const peer = world.connect()
    peer.hello('ada', replica(1))
    for (let i = 0; i < 1_000; i++) peer.sendRaw(new Uint8Array(0))
    expect(peer.refusal).toBe('frame/too-large')
  })

  it('checks one token at a time', async () => {
    let running = 0
    let most = 0
    const world = await EngineWorld.start({
      auth: async (token, context) => {
        most = Math.max(most, ++running)
        await Promise.resolve()
        running--
        return plainAuth(token, context)
      },
    })
    const peer = await world.join('ada|write:*|60')
    for (let id = 10; id < 60; id++) peer.say({ type: 'renew', id, token: 'ada|write:*|60' })
    await settle()
    expect(most).toBe(1)
    expect(peer.all('renewed').map(({ id }) => id)).toEqual([10])
    expect(peer.all('refused')).toHaveLength(49)
    expect(peer.last('refused').error).toMatchObject({ code: 'limit/rate', retryAfterMs: 1_000 })
    peer.say({ type: 'renew', id: 60, token: 'ada|write:*|60' })
    await settle()
    expect(peer.last('renewed').id).toBe(60)
  })

  it('ends at the moment its token expires', async () => {
    const world = await EngineWorld.start()
    const peer = await world.join('ada|write:*|60')
    await world.system.advance(59_999)
    expect(peer.isClosed).toBe(false)
    await world.system.advance(1)
    expect(peer.last('refused')).toMatchObject({ id: 0, error: { code: 'auth/token-expired' } })
    expect(peer.isClosed).toBe(true)
    expect(world.system.timerCount).toBe(0)
  })

  it('goes on with a renewed token, and ends when that one expires', async () => {
    const world = await EngineWorld.start()
    const peer = await world.join('ada|write:*|60')
    await world.system.advance(30_000)
    peer.say({ type: 'renew', id: 9, token: 'ada|write:*|60' })
    await world.system.advance(40_000)
    expect(peer.last('renewed')).toMatchObject({ id: 9, expiresAtMs: world.system.nowMs() + 20_000 })
    expect(peer.isClosed).toBe(false)
    await world.system.advance(20_000)
    expect(peer.refusal).toBe('auth/token-expired')
  })

  it('cannot be renewed by somebody else', async () => {
    const world = await EngineWorld.start()
    const peer = await world.reader('tape:a', 'ada|write:*|60')
    peer.say({ type: 'renew', id: 9, token: 'bob|write:*|600' })
    await settle()
    expect(peer.last('refused')).toMatchObject({ id: 9, error: { code: 'auth/subject-mismatch' } })
    expect([...peer.rooms]).toEqual(['tape:a'])
    await world.system.advance(60_000)
    expect(peer.refusal).toBe('auth/token-expired')
  })

  it('leaves what a renewed token no longer allows, and may not push there', async () => {
    const world = await EngineWorld.start()
    const peer = await world.reader('tape:a')
    const { epoch } = peer.subscribed
    peer.subscribe('note:b')
    await settle()
    peer.say({ type: 'renew', id: 9, token: 'ada|read:note:*' })
    await settle()
    expect([...peer.rooms]).toEqual(['note:b'])
    peer.push('tape:a', epoch, [put(replica(1), 1, 'x')])
    await settle()
    expect(peer.refusal).toBe('acl/denied')
  })

  it('says `hello` once', async () => {
    const world = await EngineWorld.start()
    const peer = await world.join()
    peer.hello('bob|admin:*', replica(2))
    await settle()
    expect(peer.refusal).toBe('protocol/unexpected-message')
    expect(peer.isClosed).toBe(true)
  })

  it('that fails in the middle disturbs nobody', async () => {
    const world = await EngineWorld.start()
    const [peer, other] = [await world.join(), await world.reader('tape:a', 'bob|write:*', replica(2))]
    peer.sendRaw(Uint8Array.of(4, 255, 255, 255))
    expect(peer.refusal).toBe('codec/malformed')
    other.push('tape:a', other.subscribed.epoch, [put(replica(2), 1, 'x')])
    await settle()
    expect(other.last('pushed').results).toMatchObject([{ kind: 'ok', seqs: [1] }])
  })

  it('is drained: told when to come back, answered, closed', async () => {
    const world = await EngineWorld.start({ auth: plainAuth })
    const peers = [await world.reader('tape:a'), await world.reader('tape:a', 'bob|write:*', replica(2))]
    const waiting = world.connect()
    const closing = world.engine.close(1000)
    const late = world.connect()
    late.hello('eve|write:*', replica(3))
    await settle()
    expect(late.last('refused').error).toMatchObject({ code: 'hub/draining', retryAfterMs: 200 })
    await world.system.advance(900)
    // Asked to go, and not asked yet: both are served.
    peers.forEach((peer, index) => {
      peer.push('tape:a', peer.subscribed.epoch, [put(replica(index + 1), 1, 'x')])
    })
    await world.system.advance(100)
    await closing
    for (const [index, peer] of peers.entries()) {
      expect(peer.last('pushed').results).toMatchObject([{ kind: 'ok', seqs: [index + 1] }])
      expect(peer.all('drain')).toEqual([{ type: 'drain', reconnectAfterMs: 300 }])
    }
    expect(waiting.refusal).toBe('hub/draining')
    expect([...peers, waiting, late].map(({ isClosed }) => isClosed)).toEqual([true, true, true, true])
  })

  it('is refused what comes when the hub is about to close, and keeps it', async () => {
    let commit: () => void = () => undefined
    const world = await EngineWorld.start()
    const peer = await world.reader('tape:a')
    const append = world.storage.append.bind(world.storage)
    world.storage.append = async (batches) => {
      await new Promise<void>((resolve) => (commit = resolve))
      return append(batches)
    }
    peer.push('tape:a', peer.subscribed.epoch, [put(replica(1), 1, 'x')])
    await settle()
    const closing = world.engine.close(0)
    await settle()
    peer.push('tape:a', peer.subscribed.epoch, [put(replica(1), 2, 'y')])
    await settle()
    expect(peer.last('refused').error).toMatchObject({ code: 'hub/draining', retryAfterMs: 200 })
    commit()
    await world.system.advance(10)
    await closing
    expect(peer.last('pushed').results).toMatchObject([{ kind: 'ok', seqs: [1] }])
    expect(peer.isClosed).toBe(true)
  })
})
