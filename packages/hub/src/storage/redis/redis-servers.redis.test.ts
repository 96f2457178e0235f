import type { ReplicaId } from '@flowsync/crdt'
import { afterEach, describe, expect, it } from 'vitest'
import type { LogDriver } from '../driver.js'
import {
  append,
  author,
  batch,
  command,
  creation,
  driverOn,
  endAll,
  op,
  opened,
  start,
} from '../../tests/redis-drivers.js'

afterEach(endAll)

describe('a redis server that cannot be used', () => {
  it('is refused when it would evict parts of the log', async () => {
    const server = await start({ 'maxmemory-policy': 'allkeys-lru' })
    await expect(driverOn(server.url).open()).rejects.toMatchObject({
      code: 'config/invalid',
      message: expect.stringContaining('allkeys-lru') as string,
    })
    await command(server, 'CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru')
    await expect(driverOn(server.url).open()).resolves.toMatchObject({ wasRestored: false })
  })

  it('is refused when it does not sync every write and that is required', async () => {
    const server = await start({ appendfsync: 'no' })
    await expect(driverOn(server.url, { requireFsync: true }).open()).rejects.toMatchObject({
      code: 'config/invalid',
    })
  })

  it('is refused with a wrong password, which is not told', async () => {
    const server = await start({ requirepass: 'right' })
    const wrong = server.url.replace('redis://', 'redis://:secret-but-wrong@')
    const refusal = await driverOn(wrong)
      .open()
      .catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'config/invalid' })
    expect(JSON.stringify(refusal, Object.getOwnPropertyNames(refusal))).not.toContain('secret')
    await expect(driverOn(server.url).open()).rejects.toMatchObject({ code: 'config/invalid' })
    await driverOn(server.url.replace('redis://', 'redis://:right@')).open()
  })

  it('may keep its settings to itself', async () => {
    const server = await start()
    await command(server, 'ACL', 'SETUSER', 'hub', 'on', '>pass', '~*', '+@all', '-config')
    const opening = await driverOn(server.url.replace('redis://', 'redis://hub:pass@')).open()
    expect(opening.warnings).toEqual([expect.stringContaining('does not tell its appendfsync')])
  })

  it('is not there', async () => {
    const server = await start()
    await server.kill()
    await expect(driverOn(server.url).open()).rejects.toMatchObject({ code: 'storage/unavailable' })
  })

  it('refuses pushes while its memory is full, and takes them when there is room', async () => {
    const server = await start()
    const driver = await opened(server)
    const head = await driver.openStream(creation)
    await command(server, 'CONFIG', 'SET', 'maxmemory', '1mb')
    await expect(append(driver, head, 1)).rejects.toMatchObject({ code: 'storage/full' })
    await command(server, 'CONFIG', 'SET', 'maxmemory', '0')
    expect(await append(driver, head, 1)).toMatchObject({ kind: 'ok', seqs: [1] })
  })

  it('tells of what it did not write', async () => {
    const server = await start()
    const driver = await opened(server)
    const head = await driver.openStream(creation)
    await append(driver, head, 1)
    await command(server, 'SET', '{flowsync}:head:acme/doc:a', 'mine')
    await expect(driver.findStream(creation)).rejects.toMatchObject({ code: 'storage/corrupt' })
    await expect(append(driver, head, 2)).rejects.toMatchObject({ code: 'storage/corrupt' })
  })

  it('was written by another version', async () => {
    const server = await start()
    await opened(server)
    await command(server, 'HSET', '{flowsync}:meta', 'layout', '99')
    await expect(driverOn(server.url).open()).rejects.toMatchObject({ code: 'config/invalid' })
  })
})

describe('several drivers on one stream', () => {
  it('all get their turn beside one that never pauses', async () => {
    const server = await start({ appendonly: 'no' })
    const [busy, ...others] = await Promise.all(Array.from({ length: 4 }, () => opened(server)))
    if (!busy) throw new Error('no driver')
    const head = await busy.openStream(creation)
    let isDone = false
    const appendAll = async (driver: LogDriver, replica: ReplicaId, limit: number): Promise<number[]> => {
      const seqs: number[] = []
      for (let counter = 1; counter <= limit && !isDone; counter++) {
        const [outcome] = await driver.append([{ ...batch(head), ops: [{ ...op(counter), replica }] }])
        expect(outcome).toMatchObject({ kind: 'ok' })
        if (outcome?.kind === 'ok') seqs.push(...outcome.seqs)
      }
      return seqs
    }
    const endless = appendAll(busy, author, Infinity)
    const finite = await Promise.all(
      others.map((driver, index) => appendAll(driver, `${index}`.padStart(32, 'c') as ReplicaId, 30)),
    )
    isDone = true
    const seqs = [...(await endless), ...finite.flat()].sort((a, b) => a - b)
    expect(finite.map(({ length }) => length)).toEqual([30, 30, 30])
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index + 1))
  })

  it('wait no longer than a turn for one that is gone, also when the clock of the server was set back', async () => {
    const server = await start({ appendonly: 'no' })
    const driver = await opened(server)
    const head = await driver.openStream(creation)
    const inAnHour = Date.now() + 3_600_000
    await command(server, 'HSET', '{flowsync}:head:acme/doc:a', 'turn', `gone ${inAnHour}`)
    expect(await append(driver, head, 1)).toMatchObject({ kind: 'ok', seqs: [1] })
  })

  it('give a replica to one of two subjects that claim it at once, whatever the streams', async () => {
    const server = await start({ appendonly: 'no' })
    const [first, second] = [await opened(server), await opened(server)]
    const a = await first.openStream(creation)
    const b = await second.openStream({ ...creation, stream: 'doc:b' })
    for (let number = 1; number <= 40; number++) {
      const ops = [{ ...op(1), replica: `${number}`.padStart(32, '0') as ReplicaId }]
      const outcomes = await Promise.all([
        first.append([{ ...batch(a), ops, subject: 'ada' }]),
        second.append([{ ...batch(b), ops, subject: 'bob' }]),
      ])
      expect(
        outcomes
          .flat()
          .map((outcome) => (outcome.kind === 'ok' ? 'ok' : outcome.error.code))
          .sort(),
      ).toEqual(['ok', 'op/replica-foreign'])
      const together = await first.append([
        {
          ...batch(a),
          ops: [{ ...op(1), replica: `${number}`.padStart(32, 'a') as ReplicaId }],
          subject: 'ada',
        },
        {
          ...batch(b),
          ops: [{ ...op(1), replica: `${number}`.padStart(32, 'a') as ReplicaId }],
          subject: 'bob',
        },
      ])
      expect(together.map(({ kind }) => kind)).toEqual(['ok', 'failed'])
    }
  })
})
