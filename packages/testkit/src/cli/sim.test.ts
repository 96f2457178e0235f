import { describe, expect, it } from 'vitest'
import type { RunReport } from '../simulator/run-scenario.js'
import { runCli } from '../tests/run-cli.js'
import { formatFailure, kindOf, summarize } from './sim-report.js'

describe('sim', () => {
  it('runs the seeds it is told to', { timeout: 30_000 }, async () => {
    const { code, stdout, stderr } = await runCli('sim', ['--seeds', '3', '--seed', '40', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, seeds: 3, failed: [] })
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  it('refuses what is no number', { timeout: 20_000 }, async () => {
    expect(await runCli('sim', ['--seeds', 'many'])).toMatchObject({ code: 1, stdout: '' })
  })

  it.each(['nowhere.json', 'package.json'])(
    'says what is wrong with the scenario %s',
    async (file) => {
      const { code, stderr } = await runCli('sim', ['--scenario', file])
      expect(code).toBe(1)
      expect(stderr).toMatch(new RegExp(`^error: .*${file}.*\n$`))
    },
    20_000,
  )
})

const report: RunReport = {
  seed: 7,
  ok: false,
  problems: [
    '12.5 ms: G1: {"op":"append","value":"<24>"} of device 1 on chat:a is acknowledged at seq 3, where the disk has nothing',
  ],
  digest: '',
  events: 10,
  edits: 3,
  acknowledged: 2,
  hubCrashes: 1,
  recovery: { drainedMs: 100, caughtUpMs: 200 },
  trace: ['first', 'second'],
}

describe('the report of a run', () => {
  it('tells of a failure what happened last and how to see it again', () => {
    const text = formatFailure(report, 1)
    expect(text).toContain('G1: ')
    expect(text).toContain('second')
    expect(text).not.toContain('first')
    expect(text).toContain('npm run sim -- --seed 7')
  })

  it('adds up', () => {
    const passed = {
      ...report,
      seed: 8,
      ok: true,
      problems: [],
      recovery: { drainedMs: 50, caughtUpMs: 300 },
    }
    expect(summarize([report, passed], 1.234)).toMatchObject({
      ok: false,
      seeds: 2,
      failed: [{ seed: 7, command: 'npm run sim -- --seed 7' }],
      edits: 6,
      slowestDrainMs: 100,
      slowestCatchUpMs: 300,
      seconds: 1.23,
    })
  })

  it('knows a problem again in a smaller run', () => {
    const other = report.problems[0]
      ?.replace('12.5', '3')
      .replace('<24>', '<7>')
      .replace('device 1', 'device 0')
    expect(kindOf(other)).toBe(kindOf(report.problems[0]))
    expect(kindOf('1 ms: G2: something else')).not.toBe(kindOf(report.problems[0]))
  })
})
