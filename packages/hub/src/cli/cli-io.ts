import { styleText } from 'node:util'

/** Where a command reads from and writes to; tests give their own. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isTerminal: boolean
  out(text: string): void
  err(text: string): void
  readInput(): Promise<string>
  fetch: typeof fetch
}

/** The process's own. */
export function processIo(): CliIo {
  return {
    env: process.env,
    isTerminal: process.stdout.isTTY,
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    readInput: async () => {
      const chunks: Buffer[] = []
      for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk)
      return Buffer.concat(chunks).toString('utf8')
    },
    fetch: (...args) => fetch(...args),
  }
}

/** Emphasis, where somebody looks at it. */
export function bold(io: CliIo, text: string): string {
  return io.isTerminal && io.env['NO_COLOR'] === undefined
    ? styleText('bold', text, { validateStream: false })
    : text
}
