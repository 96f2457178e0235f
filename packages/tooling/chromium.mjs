import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { run } from './process.mjs'
import { canInstallPackages, installPackages, which } from './system-packages.mjs'
import { bin, nodePath, root } from './workspace.mjs'

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const usualPlaces = [
  '/usr/bin/chromium',
  '/snap/bin/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

const chromiumAdvice =
  'Chromium is missing. Install it (Debian: sudo apt-get install chromium; elsewhere: npx playwright install chromium), ' +
  'or set CHROMIUM_PATH to the program.'

/**
 * @typedef {object} ChromiumSituation
 * @property {string | undefined} asked CHROMIUM_PATH
 * @property {string | undefined} found one that is installed
 * @property {boolean} mayInstall Debian packages
 */

/**
 * @param {ChromiumSituation} situation
 * @returns {{ kind: 'use', path: string } | { kind: 'apt' } | { kind: 'download' }}
 */
export function planChromium({ asked, found, mayInstall }) {
  if (asked) return { kind: 'use', path: asked }
  if (found !== undefined) return { kind: 'use', path: found }
  // Debian's own browser brings the libraries it needs; Playwright's download expects to find them.
  return mayInstall ? { kind: 'apt' } : { kind: 'download' }
}

/** @returns {string | undefined} */
const findInstalled = () =>
  commands.map((name) => which(name)).find((path) => path !== undefined) ??
  usualPlaces.find((path) => existsSync(path))

/** @returns {Promise<string | undefined>} Playwright's own browser, when it was downloaded */
async function findDownloaded() {
  const script = "import('@playwright/test').then((p) => console.log(p.chromium.executablePath()))"
  const { code, stdout } = await run(nodePath, ['-e', script], { cwd: join(root, 'e2e') })
  const path = stdout.trim()
  return code === 0 && path !== '' && existsSync(path) ? path : undefined
}

/**
 * Finds or installs Chromium.
 *
 * @param {(chunk: string) => void} onOutput
 * @returns {Promise<string>} the path of the program; rejects with advice when there is none to be had
 */
export async function provideChromium(onOutput) {
  const plan = planChromium({
    asked: process.env['CHROMIUM_PATH'],
    found: findInstalled() ?? (await findDownloaded()),
    mayInstall: canInstallPackages(),
  })
  if (plan.kind === 'use') {
    if (existsSync(plan.path)) return plan.path
    throw new Error(`CHROMIUM_PATH names ${plan.path}, which does not exist`)
  }
  let said
  if (plan.kind === 'apt') {
    onOutput('installing chromium\n')
    said = (await installPackages(['chromium', 'fonts-liberation'], onOutput)).output
  } else {
    onOutput('downloading chromium\n')
    said = (await run(bin('playwright'), ['install', 'chromium'], { onOutput, timeoutMs: 300_000 })).output
  }
  const path = findInstalled() ?? (await findDownloaded())
  if (path === undefined) throw new Error(`${chromiumAdvice}\nThe attempt to install it said:\n${said}`)
  return path
}
