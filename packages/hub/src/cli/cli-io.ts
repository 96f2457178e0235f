import { createInterface } from 'node:readline/promises'
import { styleText } from 'node:util'

/** Where a command reads from and writes to; tests give their own. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isTerminal: boolean
  out(text: string): void
  err(text: string): void
  readInput(): Promise<string>
  /** Whether somebody can be asked. */
  readonly isInteractive: boolean
  /** Asks, and waits for a line. */
  ask(question: string): Promise<string>
  /** Calls `stop` at SIGINT and SIGTERM instead of ending at once, the first time; returns what undoes that. */
  onInterrupt(stop: () => void): () => void
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
    isInteractive: process.stdin.isTTY && process.stderr.isTTY,
    ask: async (question) => {
      const lines = createInterface({ input: process.stdin, output: process.stderr })
      // Ctrl-C and Ctrl-D are a no.
      const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
      const answer = await Promise.race([lines.question(question), closed])
      lines.close()
      return answer
    },
    onInterrupt: (stop) => {
      process.once('SIGINT', stop)
      process.once('SIGTERM', stop)
      return () => {
        process.off('SIGINT', stop)
        process.off('SIGTERM', stop)
      }
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
