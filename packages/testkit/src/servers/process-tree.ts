import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** The processes that a process has started, and those that they have. Without the process itself. */
export function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const { id, parent } of existsSync('/proc/self/stat') ? fromProc() : fromPs()) {
    children.set(parent, [...(children.get(parent) ?? []), id])
  }
  const found: number[] = []
  for (const waiting = [pid]; ;) {
    const next = waiting.pop()
    if (next === undefined) return found
    const own = children.get(next) ?? []
    found.push(...own)
    waiting.push(...own)
  }
}

interface ProcessEntry {
  readonly id: number
  readonly parent: number
}

function fromProc(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const parent = parentOf(name)
      return parent === undefined ? [] : [{ id: Number(name), parent }]
    })
}

/** Undefined for a process that has ended meanwhile. */
function parentOf(name: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
    // The second field is the command in brackets, which may hold anything.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined
    throw error
  }
}

function fromPs(): ProcessEntry[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [id = 0, parent = 0] = line.trim().split(/\s+/).map(Number)
      return { id, parent }
    })
}

/** Sends a signal. A process that has ended meanwhile is passed over. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
