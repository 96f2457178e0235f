import { plain } from './progress.mjs'

/**
 * @typedef {object} Count
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} messages what failed, one line each
 */

/** @returns {Count} */
const nothing = () => ({ passed: 0, failed: 0, messages: [] })

/**
 * A whole command that counts as one test.
 *
 * @param {boolean} ok
 * @param {string} [message] said when it is not
 * @returns {Count}
 */
export const one = (ok, message = '') =>
  ok ? { passed: 1, failed: 0, messages: [] } : { passed: 0, failed: 1, messages: [message] }

/**
 * @param {readonly Count[]} counts
 * @returns {Count}
 */
export const sum = (counts) =>
  counts.reduce(
    (total, count) => ({
      passed: total.passed + count.passed,
      failed: total.failed + count.failed,
      messages: [...total.messages, ...count.messages],
    }),
    nothing(),
  )

/**
 * A runner that ended badly without naming a failed test still failed; one that ran nothing proved nothing.
 *
 * @param {Count} count
 * @param {number} exitCode
 * @returns {Count}
 */
function honest(count, exitCode) {
  if (count.failed === 0 && exitCode !== 0) {
    return sum([count, one(false, `the runner ended with code ${exitCode} though no test failed`)])
  }
  if (count.passed + count.failed === 0) return one(false, 'no test ran')
  return count
}

/**
 * @typedef {object} VitestReport what this reads of Vitest's JSON report
 * @property {{ name: string, status: string, message?: string, assertionResults: { fullName: string, status: string }[] }[]} testResults
 */

/**
 * Counts a Vitest report. A skipped or todo test counts as failed: a test that does not run proves nothing. A file
 * that failed without a test of its own (it could not be loaded) counts as one.
 *
 * @param {VitestReport | undefined} report undefined when the runner left none
 * @param {number} exitCode
 * @returns {Count}
 */
export function countVitest(report, exitCode) {
  if (report === undefined) return one(false, `the runner crashed (code ${exitCode}) and left no report`)
  const files = report.testResults.map((file) => {
    const tests = file.assertionResults.map(({ fullName, status }) => {
      if (status === 'passed') return one(true)
      const what = status === 'failed' ? 'failed' : `did not run (${status})`
      return one(false, `${what}: ${fullName}`)
    })
    const count = sum(tests)
    const failedOutsideTests = file.status === 'failed' && count.failed === 0
    return failedOutsideTests ? sum([count, one(false, `failed to load: ${file.name}`)]) : count
  })
  return honest(sum(files), exitCode)
}

/**
 * @typedef {object} PlaywrightSuite
 * @property {PlaywrightSuite[]} [suites]
 * @property {{ title: string, file: string, tests: { status: string }[] }[]} [specs]
 */

/**
 * @typedef {object} PlaywrightReport what this reads of Playwright's JSON report
 * @property {PlaywrightSuite[]} suites
 * @property {{ message?: string }[]} errors
 */

/**
 * Counts a Playwright report. Skipped and flaky tests count as failed.
 *
 * @param {PlaywrightReport | undefined} report undefined when the runner left none
 * @param {number} exitCode
 * @returns {Count}
 */
export function countPlaywright(report, exitCode) {
  if (report === undefined) return one(false, `the runner crashed (code ${exitCode}) and left no report`)
  const errors = report.errors.map((error) =>
    one(false, error.message?.split('\n')[0] ?? 'an error outside tests'),
  )
  return honest(sum([...report.suites.map(countPlaywrightSuite), ...errors]), exitCode)
}

/**
 * @param {PlaywrightSuite} suite
 * @returns {Count}
 */
function countPlaywrightSuite(suite) {
  const own = (suite.specs ?? []).flatMap((spec) =>
    spec.tests.map(({ status }) => {
      if (status === 'expected') return one(true)
      const what = status === 'skipped' ? 'did not run (skipped)' : status === 'flaky' ? 'flaky' : 'failed'
      return one(false, `${what}: ${spec.file} ${spec.title}`)
    }),
  )
  return sum([...own, ...(suite.suites ?? []).map(countPlaywrightSuite)])
}

/**
 * @param {Count} count
 * @param {boolean} wasLive whether the whole output stands above already
 * @returns {string} what failed
 */
export const complaints = (count, wasLive) =>
  count.messages
    .map((message) => plain(message).trimEnd())
    .map((message) => (wasLive && message.includes('\n') ? 'what failed stands above' : message))
    .join('\n')
