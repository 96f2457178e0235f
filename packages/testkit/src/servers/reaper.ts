import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/**
 * Ends processes when this one has ended without doing so itself, even by SIGKILL: a process beside it holds a pipe from it and a list of
 * process ids, and kills those when the pipe closes. Stopped processes and servers that know nothing of us are thereby cared for.
 */
export class Reaper {
  private readonly child: ChildProcess

  constructor() {
    const script = fileURLToPath(new URL('reaper-process.js', import.meta.url))
    // A process group of its own, so that Ctrl-C in a terminal does not reach it.
    this.child = spawn(process.execPath, [script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
    this.child.stdin?.on('error', () => undefined)
  }

  add(pid: number): void {
    this.child.stdin?.write(`+${pid}\n`)
  }

  remove(pid: number): void {
    this.child.stdin?.write(`-${pid}\n`)
  }

  /** Kills what is still on the list, and resolves once that is done. */
  async close(): Promise<void> {
    if (this.child.exitCode !== null) return
    const ended = once(this.child, 'exit')
    this.child.stdin?.end()
    await ended
  }
}
