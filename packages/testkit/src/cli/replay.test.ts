import { describe, expect, it } from 'vitest'
import { runCli } from '../tests/run-cli.js'

describe('replay', () => {
  it(
    'ends with everybody at the same text, through offline spells and killed hubs',
    { timeout: 90_000 },
    async () => {
      const { code, stdout, stderr } = await runCli('replay', [
        ...[
          '--edits',
          '5000',
          '--clients',
          '3',
          '--offline',
          '0.2',
          '--kill-hub',
          '2',
          '--seed',
          '3',
          '--json',
        ],
      ])
      expect(JSON.parse(stdout)).toEqual({
        ok: true,
        clients: 3,
        edits: 5000,
        seconds: expect.any(Number),
        editsPerSecond: expect.any(Number),
        p50Ms: expect.any(Number),
        p99Ms: expect.any(Number),
        kills: 2,
        offlineSpells: expect.any(Number),
      })
      expect(stderr).toBe('')
      expect(code).toBe(0)
    },
  )

  it('says what is wrong with its arguments', { timeout: 20_000 }, async () => {
    const missing = await runCli('replay', ['--trace', 'no-such-file.json.gz'])
    expect(missing).toMatchObject({ code: 1, stdout: '' })
    expect(missing.stderr).toContain('no-such-file.json.gz')
    expect(await runCli('replay', ['--offline', '2'])).toMatchObject({ code: 1, stdout: '' })
    const help = await runCli('replay', ['--help'])
    expect(help.code).toBe(0)
    expect(help.stdout).toContain('--kill-hub')
  })
})
