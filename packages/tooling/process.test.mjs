import { spawn } from 'node:child_process'

import { expect, test } from 'vitest'

import { run, stop } from './process.mjs'
import { table } from './progress.mjs'

test('run gathers output and tells how the command ended', async () => {
  const outcome = await run(process.execPath, ['-e', 'console.log(1); console.error(2); process.exit(3)'])
  expect(outcome).toMatchObject({ code: 3, stdout: '1\n' })
  expect(outcome.output).toContain('2')
  expect((await run('no-such-command-here', [])).code).toBe(127)
})

test('run ends a command that takes too long', async () => {
  const outcome = await run(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 300 })
  expect(outcome.code).not.toBe(0)
  expect(outcome.output).toContain('did not end')
})

test.each([
  ['stopped', 'setInterval(() => {}, 1000); console.log("up")'],
  ['killed', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")'],
])('stop: %s', async (how, script) => {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  await new Promise((resolve) => child.stdout.once('data', resolve))
  expect(await stop(child, 300)).toBe(how)
  expect(await stop(child, 300)).toBe('stopped')
})

test('table aligns its columns', () => {
  expect(
    table([
      ['suite', 'passed'],
      ['a', 12],
      ['long name', 3],
    ]),
  ).toBe('suite      passed\na              12\nlong name       3')
})
