import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync, writeFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sqlite } from './storage/sqlite/sqlite.js'
import { ChildHub } from './tests/child-hub-process.js'
import { counterRule, increment } from './tests/counter-op.js'
import { put, replica } from './tests/engine-world.js'
import { settle } from './tests/manual-system.js'
import { SocketClient } from './tests/socket-client.js'
import { SECRET, tokenFor } from './tests/test-hub.js'

const LOADER = new URL('../source-loader.mjs', import.meta.url).href
const MAIN = fileURLToPath(new URL('cli/main.ts', import.meta.url))

let folder: string
const clients: SocketClient[] = []
let endHub: () => unknown = () => undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowsync-trouble-'))
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await endHub()
  await rm(folder, { recursive: true })
})

async function joined(url: string, number: number): Promise<SocketClient> {
  const client = await SocketClient.join(url, await tokenFor(`subject${number}`), replica(number))
  clients.push(client)
  return client
}

describe('a hub whose disk takes two seconds for a commit', () => {
  it('answers everything else meanwhile, and acknowledges nothing early', async () => {
    const db = join(folder, 'hub.db')
    const limits = { pingIntervalMs: 200, pingTimeoutMs: 1_000 }
    const slowFile = join(folder, 'slow')
    let hub = await ChildHub.start({ db, slowFile, limits })
    endHub = () => hub.end()
    const ada = await joined(hub.url, 1)
    const { epoch } = await ada.subscribe('note:a')
    writeFileSync(slowFile, '')
    const push = ada.push('note:a', epoch, [put(replica(1), 1, 'one')])
    let isAcked = false
    void push.then(() => (isAcked = true))
    // Many pings and pongs, a newcomer and its token: the event loop is free.
    const bob = await joined(hub.url, 2)
    await hub.stats()
    expect([isAcked, bob.socket.connected]).toEqual([false, true])
    expect(await push).toMatchObject({ results: [{ kind: 'ok', seqs: [1] }] })
    expect(ada.socket.connected, 'it was pinged all the time').toBe(true)

    const late = ada.push('note:a', epoch, [put(replica(1), 4, 'two')])
    // Stored in the transaction or not: it is not synced, and nobody was told that it is.
    await hub.stats()
    hub.kill()
    await expect(late).rejects.toThrow('the connection ended')
    await hub.ended
    expect(ada.all('pushed')).toHaveLength(1)
    hub = await ChildHub.start({ db })
    const again = await joined(hub.url, 1)
    expect(await again.subscribe('note:a')).toMatchObject({ epoch, headSeq: 1 })
  }, 30_000)

  it('lets a bounded amount wait, and says to the rest when to come back', async () => {
    const limits = { queuedBytes: 50_000 }
    const slowFile = join(folder, 'slow')
    const hub = await ChildHub.start({ db: join(folder, 'hub.db'), slowFile, limits })
    endHub = () => hub.end()
    const writers = []
    for (let number = 1; number <= 10; number++) writers.push(await joined(hub.url, number))
    const [first] = writers
    const { epoch = '' } = (await first?.subscribe('note:a')) ?? {}
    writeFileSync(slowFile, '')
    const answers = await Promise.all(
      writers.map((writer, index) =>
        writer.push('note:a', epoch, [put(replica(index + 1), 1, 'x'.repeat(10_000))]),
      ),
    )
    const results = answers.flatMap((answer) => (answer.type === 'pushed' ? answer.results : []))
    expect(results).toHaveLength(10)
    expect(results.filter(({ kind }) => kind === 'ok')).toHaveLength(4)
    for (const result of results) {
      if (result.kind === 'failed') {
        expect(result.error).toMatchObject({ code: 'hub/overloaded', retryAfterMs: 500 })
      }
    }
  }, 30_000)
})

describe('a hub whose disk is full, its log file included', () => {
  let hub: ChildProcess

  /** No file may grow, as when no block is free: writes fail with EFBIG. Undefined for no limit. */
  function limitFiles(bytes?: number): void {
    execFileSync('prlimit', ['--pid', String(hub.pid), `--fsize=${bytes ?? 'unlimited'}:`])
  }

  it('refuses pushes, serves reads, stays alive, and recovers by itself', async () => {
    const logFile = join(folder, 'log')
    const db = join(folder, 'hub.db')
    const output = openSync(logFile, 'a')
    const node = ['--conditions=@flowsync/source', '--import', LOADER, MAIN]
    hub = spawn(process.execPath, [...node, 'start', '--port', '0', '--db', db], {
      env: { ...process.env, FLOWSYNC_SECRET: SECRET },
      stdio: ['ignore', output, output],
    })
    endHub = async () => {
      hub.kill('SIGKILL')
      if (hub.exitCode === null && hub.signalCode === null) await once(hub, 'exit')
    }
    const logged = async (pattern: RegExp): Promise<string> => {
      for (;;) {
        const found = pattern.exec(await readFile(logFile, 'utf8'))
        if (found) return found[1] ?? ''
        if (hub.exitCode !== null) throw new Error(`it ended: ${await readFile(logFile, 'utf8')}`)
        await settle()
      }
    }
    const url = await logged(/"url":"([^"]+)"/)
    const ada = await joined(url, 1)
    const rule = { rule: counterRule.name, ruleVersion: counterRule.version }
    const { epoch } = await ada.subscribe('counter:a', rule)
    expect(await ada.push('counter:a', epoch, [increment(1, 1)])).toMatchObject({
      results: [{ kind: 'ok', seqs: [1] }],
    })

    limitFiles(1)
    for (let attempt = 0; attempt < 5; attempt++) {
      const answer = await ada.push('counter:a', epoch, [increment(1, 2)])
      const [result] = answer.type === 'pushed' ? answer.results : []
      expect(result).toMatchObject({
        kind: 'failed',
        error: { code: expect.stringMatching(/^storage\/(full|unavailable)$/) },
      })
      expect(result?.kind === 'failed' && result.error.retryAfterMs).toBeGreaterThan(0)
    }
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ storage: { state: 'read-only' } })
    expect((await fetch(`${url}/readyz`)).status, 'reads are served').toBe(200)
    const bob = await joined(url, 2)
    expect(await bob.subscribe('counter:a', rule)).toMatchObject({ epoch, headSeq: 1 })

    limitFiles()
    let stored = false
    while (!stored) {
      const answer = await ada.push('counter:a', epoch, [increment(1, 2)])
      stored = answer.type === 'pushed' && answer.results[0]?.kind === 'ok'
    }
    await bob.until(() => bob.all('feed').some(({ ops }) => ops.some(({ seq }) => seq === 2)))
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ storage: { state: 'ok' } })
    await logged(/(the storage takes no writes)/)
    await logged(/(the storage takes writes again)/)

    hub.kill('SIGKILL')
    await once(hub, 'exit')
    const driver = sqlite(db)
    await driver.open()
    expect(await driver.findStream({ workspace: 'default', stream: 'counter:a' })).toMatchObject({
      headSeq: 2,
    })
    await driver.close()
  }, 30_000)
})
