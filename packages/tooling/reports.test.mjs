import { describe, expect, test } from 'vitest'

import { countPlaywright, countVitest, one, sum } from './reports.mjs'

/** @param {...string} statuses */
const file = (...statuses) => ({
  name: 'a.test.ts',
  status: statuses.includes('failed') ? 'failed' : 'passed',
  assertionResults: statuses.map((status, index) => ({ fullName: `test ${index}`, status })),
})

/** @param {...string} statuses */
const specs = (...statuses) => ({
  specs: statuses.map((status) => ({ title: status, file: 'a.spec.ts', tests: [{ status }] })),
})

describe('countVitest', () => {
  test('adds up files', () => {
    const report = { testResults: [file('passed', 'passed'), file('failed', 'passed')] }
    expect(countVitest(report, 1)).toEqual({ passed: 3, failed: 1, messages: ['failed: test 0'] })
  })

  test.each(['skipped', 'pending', 'todo', 'disabled'])('counts a %s test as failed', (status) => {
    expect(countVitest({ testResults: [file('passed', status)] }, 0)).toMatchObject({ passed: 1, failed: 1 })
  })

  test('counts a file that could not be loaded as one failure', () => {
    const report = { testResults: [{ ...file(), status: 'failed' }, file('passed')] }
    expect(countVitest(report, 1)).toEqual({ passed: 1, failed: 1, messages: ['failed to load: a.test.ts'] })
  })

  test('counts an error outside tests, which only the exit code tells', () => {
    expect(countVitest({ testResults: [file('passed')] }, 1)).toMatchObject({ passed: 1, failed: 1 })
  })

  test('fails when nothing ran and when the runner left no report', () => {
    expect(countVitest({ testResults: [] }, 0)).toEqual({ passed: 0, failed: 1, messages: ['no test ran'] })
    expect(countVitest(undefined, 134)).toMatchObject({ passed: 0, failed: 1 })
  })
})

describe('countPlaywright', () => {
  test('adds up nested suites', () => {
    const report = {
      suites: [{ ...specs('expected'), suites: [specs('expected', 'unexpected')] }],
      errors: [],
    }
    expect(countPlaywright(report, 1)).toMatchObject({ passed: 2, failed: 1 })
  })

  test.each(['skipped', 'flaky'])('counts a %s test as failed', (status) => {
    expect(countPlaywright({ suites: [specs('expected', status)], errors: [] }, 0)).toMatchObject({
      passed: 1,
      failed: 1,
    })
  })

  test('counts an error outside tests, and a run without tests', () => {
    expect(countPlaywright({ suites: [], errors: [{ message: 'no browser\nstack' }] }, 1)).toEqual({
      passed: 0,
      failed: 1,
      messages: ['no browser'],
    })
    expect(countPlaywright({ suites: [], errors: [] }, 0)).toMatchObject({ passed: 0, failed: 1 })
    expect(countPlaywright(undefined, 1)).toMatchObject({ passed: 0, failed: 1 })
  })
})

test('sum of nothing is nothing', () => {
  expect(sum([])).toEqual({ passed: 0, failed: 0, messages: [] })
  expect(sum([one(true), one(false, 'b'), one(true)])).toEqual({ passed: 2, failed: 1, messages: ['b'] })
})
