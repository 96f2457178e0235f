import { describe, expect, it } from 'vitest'
import { SECRET } from '../tests/test-hub.js'
import type { CliIo } from './cli-io.js'
import { runCli } from './program.js'

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = '') {
  const [out, err]: [string[], string[]] = [[], []]
  const io: CliIo = {
    env,
    isTerminal: false,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    readInput: async () => input,
    isInteractive: false,
    ask: async () => '',
    onInterrupt: () => () => undefined,
    fetch: async (address, init) => {
      const url = address as string
      if (!url.startsWith('http://hub.test')) throw new TypeError('fetch failed')
      if (url.includes('broken')) return new Response('<html>', { status: 502 })
      return Response.json({ seq: 7, value: [1], sent: { url, ...init } })
    },
  }
  const code = await runCli(args, io)
  return { code, out: out.join('\n'), err: err.join('\n') }
}

const target = ['--url', 'http://hub.test/', '--token', 't']

describe('the command line', () => {
  it.each([
    [['start'], 2, /set FLOWSYNC_SECRET/],
    [['start', '--secret', 'short'], 2, /at least 32 bytes/],
    [['start', '--secret', SECRET, '--streams', 'nowhere.ts'], 2, /nowhere\.ts cannot be loaded/],
    [['start', '--secret', SECRET, '--streams', 'package.json'], 2, /package\.json/],
    [['start', '--public-key', 'nowhere.pem'], 2, /nowhere\.pem cannot be read/],
    [['start', '--public-key', 'package.json'], 2, /Ed25519 key in PEM/],
    [['start', '--jwks', 'nowhere'], 2, /"nowhere", is none/],
    [['start', '--secret', SECRET, '--db', 'package.json/hub.db'], 2, /folder package\.json/],
    [['start', '--secret', SECRET, '--redis-prefix', 'b'], 2, /hubs that --redis links/],
    [
      ['start', '--secret', SECRET, '--redis', 'redis://localhost', '--redis-prefix', ''],
      2,
      /channelPrefix" is empty/,
    ],
    [
      ['start', '--secret', SECRET, '--redis', 'redis://localhost', '--db', ':memory:'],
      2,
      /memory cannot be\. Take one that can, such as postgres/,
    ],
    [['start', '--fast'], 2, /See: flowsync start --help/],
    [['dev', '--port', 'x'], 2, /"x" is no port/],
    [['dev', '--port', '70000'], 2, /"70000" is no port/],
    [['token', '--sub', 'ada'], 2, /no secret/],
    [['token', '--secret', 'short', '--sub', 'ada'], 2, /at least 32 bytes/],
    [['token', '--secret', SECRET, '--grant', 'doc:*', '--sub', 'ada'], 2, /"doc:\*" is no grant/],
    [['token', '--secret', SECRET, '--sub', 'ada', '--expires', 'soon'], 2, /"soon" is no duration/],
    [['token', '--secret', SECRET], 2, /--sub/],
    [['push', 'counter:a', 'x', '--token', 't'], 1, /not JSON/],
    [['push', 'counter:a'], 2, /intent/],
    [['get', 'counter:a'], 2, /no token/],
    [['get', 'counter:a', '--token', 't', '--url', 'http://127.0.0.1:1'], 1, /No hub answers/],
    [['get', 'broken', ...target], 1, /no FlowSync hub/],
    [['get', 'a', '--token', 't', '--url', 'nonsense'], 2, /is no URL/],
    [['compact', '--keep', 'all'], 2, /"all" is no number/],
    [['compact', '--db', 'nowhere.db'], 2, /no database nowhere\.db/],
    [['compact', '--db', ':memory:'], 2, /cannot be opened from here/],
    [['compact', 'doc*'], 2, /Not a stream pattern/],
    [['compact', '--truncate'], 2, /say --yes/],
    [['inspect', '--db', 'nothing://x'], 2, /names no storage/],
    [['export'], 2, /--output/],
    [['import', 'nowhere.flowsync'], 2, /no file nowhere\.flowsync/],
    [['import', 'package.json'], 1, /cannot be imported/],
    [['fly'], 2, /unknown command/],
  ] as const)('%j ends with %i and says why', async (args, code, reason) => {
    const ended = await run(args)
    expect([ended.code, ended.out]).toEqual([code, ''])
    expect(ended.err).toMatch(reason)
  })

  it.each([
    [[]],
    ...['dev', 'start', 'push', 'get', 'token', 'inspect', 'compact', 'export', 'import'].map((name) => [
      [name],
    ]),
  ])('explains %j', async (args) => {
    const { code, out } = await run([...args, '--help'])
    expect(code).toBe(0)
    expect(out).toContain('Usage: flowsync')
    expect(out, 'no colours outside of a terminal').not.toContain('\u001b')
  })

  it('sends what it is told to', async () => {
    const pushed = await run(
      ['push', 'doc:ä/b', '-', '--key', 'k', '--workspace', 'acme', '--json', ...target],
      {},
      '{"op":"x"}',
    )
    expect(JSON.parse(pushed.out)).toMatchObject({
      sent: {
        url: 'http://hub.test/v1/acme/streams/doc%3A%C3%A4%2Fb',
        method: 'POST',
        headers: { Authorization: 'Bearer t' },
        body: '{"intent":{"op":"x"},"idempotencyKey":"k"}',
      },
    })
    expect((await run(['get', 'a', ...target])).out).toBe('[\n  1\n]')
  })

  it('speaks JSON about errors when asked to', async () => {
    const { err } = await run(['get', 'a', '--token', 't', '--url', 'http://nowhere', '--json'])
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'network/unreachable' } })
    expect(JSON.parse((await run(['get', '--json'])).err)).toMatchObject({
      error: { code: 'config/invalid', message: expect.stringContaining('stream') },
    })
  })
})
