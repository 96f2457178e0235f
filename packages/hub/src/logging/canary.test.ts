import { Writable } from 'node:stream'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { put, replica } from '../tests/engine-world.js'
import { SocketClient } from '../tests/socket-client.js'
import { startHub, tokenFor } from '../tests/test-hub.js'

describe('the log', () => {
  it('holds no token, no payload and no whole address, whatever happens', async () => {
    let text = ''
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        text += chunk.toString()
        done()
      },
    })
    const { hub, address } = await startHub({ logger: pino({ level: 'trace' }, sink) })
    const token = await tokenFor('canarysubject')
    const client = await SocketClient.join(address.url, token, replica(1))
    const { epoch } = await client.subscribe('note:a')
    await client.push('note:a', epoch, [put(replica(1), 1, 'canarypayload')])
    await client.push('note:a', epoch, [put(replica(1), 99, 'canarypayload')])
    await client.push('note:a', epoch, [put(replica(1), 14, 'CANARY-not-a-letter')])
    const headers = {
      Authorization: `Bearer ${token}`,
      'X-Forwarded-For': '203.0.113.77, 2001:db8:85a3::7334',
    }
    for (const body of [
      '{"intent":{"op":"put","text":"canarypayload"}}',
      '{"canarypayload',
      '{"intent":7}',
    ]) {
      await fetch(`${address.url}/v1/default/streams/note:a`, { method: 'POST', headers, body })
    }
    await fetch(`${address.url}/v1/default/streams/note:a?token=${token}`, {
      headers: { Authorization: 'Bearer canarytoken' },
    })
    const forged = new SocketClient(address.url)
    await forged.connected()
    await forged.hello('canarytoken', replica(2))
    client.sendRaw(new TextEncoder().encode('canarypayload'))
    await client.gone
    await hub.close()

    expect(text).toContain('a connection began')
    expect(text).toContain('127.0.***.***')
    for (const canary of [
      /canarypayload/i,
      /canary-not/i,
      /canarytoken/,
      token,
      /"address":"127\.0\.0/,
      '203.0.113',
      '85a3',
    ]) {
      expect(text).not.toMatch(canary)
    }
  })
})
