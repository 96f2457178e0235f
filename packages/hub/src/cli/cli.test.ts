import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CommandProcess, type Ended } from '../tests/hub-process.js'
import { SECRET } from '../tests/test-hub.js'

let folder: string
const started: CommandProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowsync-cli-'))
})
afterEach(async () => {
  await Promise.all(started.splice(0).map((command) => command.end('SIGKILL')))
  await rm(folder, { recursive: true })
})

function start(args: readonly string[], env?: Record<string, string>): CommandProcess {
  const command = new CommandProcess(args, { env, cwd: folder })
  started.push(command)
  return command
}

const run = (args: readonly string[], env?: Record<string, string>): Promise<Ended> => start(args, env).ended

describe('flowsync', () => {
  it('dev starts a hub that push and get talk to, and drains at SIGINT', async () => {
    const dev = start(['dev', '--port', '0', '--json'])
    const { url, token, db } = JSON.parse(await dev.written(/^(\{.*\})$/m)) as Record<string, string>
    const env = { FLOWSYNC_URL: url ?? '', FLOWSYNC_TOKEN: token ?? '' }
    const increment = '{ "op": "increment", "amount": 2 }'
    expect(await run(['push', 'counter:likes', increment], env)).toMatchObject({
      code: 0,
      out: 'counter:likes stored as number 1\n',
    })
    for (let i = 0; i < 2; i++) {
      const { out } = await run(['push', 'counter:likes', increment, '--key', 'k', '--json'], env)
      expect(JSON.parse(out)).toMatchObject({ stream: 'counter:likes', seq: 2 })
    }
    expect((await run(['get', 'counter:likes'], env)).out).toBe('4\n')
    expect(JSON.parse((await run(['get', 'counter:likes', '--json'], env)).out)).toMatchObject({
      value: 4,
      seq: 2,
    })
    expect(await run(['get', 'nothing:here'], env)).toMatchObject({
      code: 1,
      err: expect.stringContaining('(stream/unknown)'),
    })
    expect(db).toBe(join('.flowsync', 'hub.db'))
    expect(
      (await stat(join(folder, '.flowsync', 'secret'))).mode & 0o077,
      'others cannot read the secret',
    ).toBe(0)
    expect(await readFile(join(folder, '.flowsync', '.gitignore'), 'utf8')).toBe('*\n')
    expect(await dev.end('SIGINT')).toMatchObject({ code: 0 })
  }, 30_000)

  it('dev does not outlive the npx that runs it', async () => {
    const env = { npm_command: 'exec' }
    const dev = new CommandProcess(['dev', '--port', '0', '--json'], { env, cwd: folder, inShell: true })
    started.push(dev)
    await dev.written(/^(\{.*\})$/m)
    // The pipes are closed when the hub has ended, not only its shell.
    expect(await dev.end('SIGKILL')).toMatchObject({ code: null })
  }, 30_000)

  it('start serves the streams of a file and takes tokens that token made', async () => {
    const crdt = import.meta.resolve('@flowsync/crdt')
    const protocol = import.meta.resolve('@flowsync/protocol')
    await writeFile(
      join(folder, 'streams.ts'),
      `import { counter } from ${JSON.stringify(crdt)}
       import { defineStreams } from ${JSON.stringify(protocol)}
       export const streams: unknown = defineStreams({ 'votes:*': counter() })`,
    )
    const env = { FLOWSYNC_SECRET: SECRET }
    const hub = start(['start', '--port', '0', '--db', ':memory:', '--streams', 'streams.ts'], env)
    const url = await hub.written(/"url":"([^"]+)"/)
    const made = await run(
      ['token', '--sub', 'ada', '--grant', 'write:votes:*', 'read:x', '--expires', '5m', '--json'],
      env,
    )
    const { token, expiresAtMs } = JSON.parse(made.out) as { token: string; expiresAtMs: number }
    expect(Math.abs(expiresAtMs - Date.now() - 300_000)).toBeLessThan(30_000)
    const target = ['--url', url, '--token', token]
    expect(await run(['push', 'votes:a', '{ "op": "increment" }', ...target])).toMatchObject({ code: 0 })
    expect(await run(['push', 'doc:a', '{ "op": "increment" }', '--json', ...target])).toMatchObject({
      code: 1,
      err: expect.stringContaining('"code":"acl/denied"'),
    })
    expect(await hub.end('SIGTERM')).toMatchObject({ code: 0 })
  }, 30_000)

  it('says which port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const failed = await run(['dev', '--port', String(port)])
    other.close()
    expect(failed).toMatchObject({ code: 2, out: '' })
    expect(failed.err).toContain(`Port ${port}`)
    expect(failed.err).toContain('config/port-in-use')
  })

  it('says what to do about a damaged database, and leaves it alone', async () => {
    const file = join(folder, 'hub.db')
    const bytes = Buffer.alloc(30_000, 'garbage!')
    await writeFile(file, bytes)
    const failed = await run(['start', '--port', '0', '--db', file], { FLOWSYNC_SECRET: SECRET })
    expect(failed.code).toBe(1)
    expect(failed.err).toMatch(/damaged.*move it away[\s\S]*storage\/corrupt/)
    expect(await readFile(file)).toEqual(bytes)
  })
})
