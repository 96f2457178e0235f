import { canInstallPackages, installPackages, which } from './system-packages.mjs'

const straceAdvice =
  'strace is missing. It shows what a process writes and syncs, for the tests of power loss. ' +
  'Install it (Debian and Ubuntu: sudo apt-get install strace).'

/**
 * Finds or installs strace. Only Linux has it, and only there its tests run.
 *
 * @param {(chunk: string) => void} onOutput
 * @returns {Promise<string>} where it is, or `none` on other systems; rejects with advice when there is none to be had
 */
export async function provideStrace(onOutput) {
  if (process.platform !== 'linux') return 'none'
  if (which('strace') === undefined && canInstallPackages()) {
    onOutput('installing strace\n')
    const outcome = await installPackages(['strace'], onOutput)
    if (outcome.code !== 0) throw new Error(`${straceAdvice}\napt-get said:\n${outcome.output}`)
  }
  const found = which('strace')
  if (found === undefined) throw new Error(straceAdvice)
  return found
}
