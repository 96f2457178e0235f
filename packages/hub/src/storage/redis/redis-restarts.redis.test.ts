import { cp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import {
  append,
  batch,
  command,
  countersIn,
  creation,
  driverOn,
  endAll,
  opened,
  replicate,
  start,
  whenAvailable,
} from '../../tests/redis-drivers.js'

afterEach(endAll)

describe('a redis server that syncs every write', () => {
  it('has every acknowledged op after it was killed, in the same epoch', async () => {
    const server = await start()
    const driver = driverOn(server.url, { requireFsync: true })
    expect(await driver.open()).toEqual({ wasRestored: false, warnings: [] })
    const head = await driver.openStream(creation)
    let acknowledged = 0
    const dead = (async () => {
      for (let counter = 1; ; counter++) {
        const outcome = await append(driver, head, counter)
        expect(outcome.kind).toBe('ok')
        acknowledged = counter
        if (counter === 200) void server.kill()
      }
    })()
    await expect(dead).rejects.toMatchObject({ code: 'storage/unavailable', retryable: true })
    await server.kill()
    await server.start()

    const counters = await whenAvailable(() => countersIn(driver))
    expect(counters.length).toBeGreaterThanOrEqual(acknowledged)
    expect(counters).toEqual(Array.from({ length: counters.length }, (_, index) => index + 1))
    expect(await driver.findStream(creation)).toEqual({ ...head, headSeq: counters.length })
    const retried = acknowledged + 1
    expect(await append(driver, head, retried)).toMatchObject({ kind: 'ok', seqs: [retried] })
    expect(await driverOn(server.url).open()).toMatchObject({ wasRestored: false })
  })

  it('fails calls in time while it does not answer, and is used again when it does', async () => {
    const server = await start()
    const driver = await opened(server, { timeoutMs: 300 })
    const head = await driver.openStream(creation)
    await append(driver, head, 1)
    server.pause()
    await expect(append(driver, head, 2)).rejects.toMatchObject({ code: 'storage/unavailable' })
    await expect(driver.findStream(creation)).rejects.toMatchObject({ code: 'storage/unavailable' })
    server.resume()
    expect(await whenAvailable(() => append(driver, head, 2))).toMatchObject({ kind: 'ok', seqs: [2] })
    expect(await countersIn(driver)).toEqual([1, 2])
  })

  it('may forget the scripts', async () => {
    const server = await start()
    const driver = await opened(server)
    const head = await driver.openStream(creation)
    await append(driver, head, 1)
    await command(server, 'SCRIPT', 'FLUSH')
    expect(await append(driver, head, 2)).toMatchObject({ kind: 'ok', seqs: [2] })
  })

  it('may have a replica, and then nobody relies on its end', async () => {
    const primary = await start({ 'repl-diskless-sync-delay': '0' })
    const replica = await start()
    const driver = await opened(primary)
    const head = await driver.openStream(creation)
    await append(driver, head, 1)
    await replicate(replica, primary)
    await expect(driverOn(replica.url).open()).rejects.toMatchObject({ code: 'storage/read-only' })

    await primary.kill()
    await command(replica, 'REPLICAOF', 'NO', 'ONE')
    const promoted = driverOn(replica.url)
    expect(await promoted.open()).toMatchObject({ wasRestored: true })
    const [found] = await promoted.listStreams('acme', { limit: 9 })
    expect(found).toMatchObject({ stream: 'doc:a', headSeq: 1 })
    expect(found?.epoch).not.toBe(head.epoch)
  })
})

describe('a redis server that may lose its end', () => {
  it('is found so by a driver that has seen more than an older backup holds', async () => {
    const server = await start()
    const driver = await opened(server)
    const head = await driver.openStream(creation)
    await append(driver, head, 1)
    await server.kill()
    await cp(join(server.folder, 'appendonlydir'), join(server.folder, 'backup'), { recursive: true })
    await server.start()
    await whenAvailable(() => append(driver, head, 2))
    await server.kill()
    await rm(join(server.folder, 'appendonlydir'), { recursive: true })
    await rename(join(server.folder, 'backup'), join(server.folder, 'appendonlydir'))
    await server.start()
    expect(await whenAvailable(() => append(driver, head, 3))).toMatchObject({
      error: { code: 'stream/epoch-changed' },
    })
    expect(await countersIn(driver)).toEqual([1])
  })

  it('is found so when it was a replica for a while', async () => {
    const server = await start({ 'repl-diskless-sync-delay': '0' })
    const driver = await opened(server)
    const head = await driver.openStream(creation)
    await append(driver, head, 1)
    const other = await start({ 'repl-diskless-sync-delay': '0' })
    await replicate(other, server)
    await command(other, 'REPLICAOF', 'NO', 'ONE')
    await append(driver, head, 2)
    await replicate(server, other)
    await expect(append(driver, head, 3)).rejects.toMatchObject({ code: 'storage/read-only' })
    await command(server, 'REPLICAOF', 'NO', 'ONE')
    const outcome = await append(driver, head, 3)
    expect(outcome).toMatchObject({ error: { code: 'stream/epoch-changed' } })
    expect(await countersIn(driver)).toEqual([1])
  })

  it('is found so by all drivers when it was killed: all streams begin new epochs', async () => {
    const server = await start({ appendfsync: 'everysec' })
    const first = driverOn(server.url)
    const { wasRestored, warnings } = await first.open()
    expect({ wasRestored, warnings }).toEqual({
      wasRestored: false,
      warnings: [expect.stringContaining('everysec') as string],
    })
    const second = await opened(server)
    const head = await first.openStream(creation)
    const other = await second.openStream({ ...creation, stream: 'doc:b' })
    await append(first, head, 1)
    await append(second, other, 1)
    await server.kill('SIGTERM')
    await server.start()

    const refused = await Promise.all([
      whenAvailable(() => append(first, head, 2)),
      whenAvailable(() => append(second, other, 2)),
    ])
    expect(refused.map((outcome) => outcome.kind === 'failed' && outcome.error.code)).toEqual([
      'stream/epoch-changed',
      'stream/epoch-changed',
    ])
    const heads = [await first.findStream(other), await second.findStream(other)]
    expect(heads[0]).toEqual({ ...other, headSeq: 1, epoch: heads[1]?.epoch })
    expect(heads[0]?.epoch).not.toBe(other.epoch)
  })

  it('says so to the driver that opens it first', async () => {
    const server = await start({ appendonly: 'no', save: '3600 1' })
    const former = driverOn(server.url)
    expect(await former.open()).toMatchObject({ warnings: [expect.stringContaining('append-only')] })
    const head = await former.openStream(creation)
    await append(former, head, 1)
    await command(server, 'SAVE')
    await append(former, head, 2)
    await former.close()
    await server.kill()
    await server.start()

    const driver = driverOn(server.url)
    expect(await driver.open()).toMatchObject({ wasRestored: true })
    const renewed = await driver.openStream(creation)
    expect(renewed).toEqual({ ...head, headSeq: 1, epoch: renewed.epoch })
    expect(renewed.epoch).toMatch(/^[0-9a-f]{16}$/)
    expect(renewed.epoch).not.toBe(head.epoch)
    expect(await append(driver, renewed, 2)).toMatchObject({ kind: 'ok', seqs: [2] })
    expect(await driverOn(server.url).open()).toMatchObject({ wasRestored: false })
  })

  it('forgets the streams when it is emptied, and takes them anew', async () => {
    const server = await start()
    const [driver, other] = [await opened(server), await opened(server)]
    const head = await driver.openStream(creation)
    await append(driver, head, 1)
    await command(server, 'FLUSHALL')
    const [outcome] = await other.append([batch(head, 2)])
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'stream/unknown' } })
    expect(await append(driver, head, 2)).toMatchObject({ error: { code: 'stream/unknown' } })
    const renewed = await driver.openStream(creation)
    expect(renewed).toMatchObject({ headSeq: 0 })
    expect(renewed.epoch).not.toBe(head.epoch)
    expect(await append(other, renewed, 1)).toMatchObject({ kind: 'ok', seqs: [1] })
  })
})
