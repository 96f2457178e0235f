import { describe, expect, it } from 'vitest'
import { runCli } from '../tests/run-cli.js'

describe('chaos', () => {
  it('breaks a hub on a file and finds every promise kept', { timeout: 90_000 }, async () => {
    const args = [
      '--store',
      'sqlite',
      '--hubs',
      '1',
      '--clients',
      '3',
      '--seconds',
      '8',
      '--seed',
      '11',
      '--json',
    ]
    const { code, stdout, stderr } = await runCli('chaos', args)
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      seed: 11,
      seconds: 8,
      hubs: 1,
      store: 'sqlite',
      clients: 3,
      faults: expect.any(Object),
      made: expect.any(Number),
      acked: expect.any(Number),
      lost: 0,
      doubled: 0,
      diverged: 0,
      drainedInMs: expect.any(Number),
      longestLagMs: expect.any(Number),
      longestLagWhere: expect.any(String),
      longestAwayMs: expect.any(Number),
      watchedShare: expect.any(Number),
      observations: expect.any(Number),
      violations: [],
    })
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  it('says what is wrong with its arguments', { timeout: 20_000 }, async () => {
    const shared = await runCli('chaos', ['--store', 'sqlite', '--hubs', '3'])
    expect(shared).toMatchObject({ code: 2, stdout: '' })
    expect(shared.stderr).toContain('A SQLite file is for one hub')
    expect(await runCli('chaos', ['--seconds', 'soon'])).toMatchObject({ code: 2, stdout: '' })
    const help = await runCli('chaos', ['--help'])
    expect(help.code).toBe(0)
    expect(help.stdout).toContain('--store')
  })
})
