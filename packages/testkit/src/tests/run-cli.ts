import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What a built command said and how it ended. */
export interface CliOutcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command of this package as it is built. */
export function runCli(name: 'sim' | 'replay' | 'chaos', args: readonly string[]): Promise<CliOutcome> {
  const script = fileURLToPath(new URL(`../../dist/cli/${name}.js`, import.meta.url))
  if (!existsSync(script)) throw new Error('Not built yet: run `npm run build` first.')
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      resolve({ code, stdout, stderr })
    })
  })
}
