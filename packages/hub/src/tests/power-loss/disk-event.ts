/** What a process did to files of one folder, in the order it was done. */
export type DiskEvent =
  | { readonly kind: 'create'; readonly name: string }
  | { readonly kind: 'unlink'; readonly name: string }
  | { readonly kind: 'sync'; readonly name: string }
  | { readonly kind: 'write'; readonly name: string; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly name: string; readonly size: number }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'sync-folder' }

/** The system calls that {@link readTrace} understands. */
export const TRACED_CALLS = 'openat,pwrite64,write,ftruncate,fallocate,fsync,fdatasync,rename,unlink,unlinkat'

const LINE = /^(\d+) +(?:<\.\.\. (\w+) resumed>(.*)|(\w+)\((.*))$/
const RESULT = /\) += (-?\d+).*$/
const UNFINISHED = ' <unfinished ...>'

/**
 * Reads what `strace -f -y -xx` wrote of the files in `folder`. A call counts when it has ended, but a
 * write when it has begun: before it ends, some of it may be on the disk already.
 */
export function readTrace(trace: string, folder: string): DiskEvent[] {
  const begun = new Map<string, string>()
  const events: DiskEvent[] = []
  const known = new Set<string>()
  for (const line of trace.split('\n')) {
    const [, pid = '', resumed, rest = '', call = '', args = ''] = LINE.exec(line) ?? []
    if (resumed !== undefined) {
      const event = eventOf(resumed, (begun.get(pid) ?? '') + rest, folder, known)
      if (event && event.kind !== 'write') events.push(event)
    } else if (args.endsWith(UNFINISHED)) {
      const soFar = args.slice(0, -UNFINISHED.length)
      begun.set(pid, soFar)
      const event = eventOf(call, `${soFar}) = 0`, folder, known)
      if (event?.kind === 'write') events.push(event)
    } else {
      const event = eventOf(call, args, folder, known)
      if (event) events.push(event)
    }
  }
  return events
}

function eventOf(call: string, text: string, folder: string, known: Set<string>): DiskEvent | undefined {
  if (Number(RESULT.exec(text)?.[1] ?? -1) < 0) return undefined
  const path = unescape(/<((?:\\x[0-9a-f]{2})+)>/.exec(text)?.[1] ?? '')
  const paths = [...text.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, escaped = '']) =>
    unescape(escaped).toString(),
  )
  const inFolder = (file: string | undefined): string =>
    file?.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : ''
  const name = inFolder(path.toString())
  switch (call) {
    case 'openat': {
      const opened = inFolder(paths[0])
      if (opened === '' || !text.includes('O_CREAT') || known.has(opened)) return undefined
      known.add(opened)
      return { kind: 'create', name: opened }
    }
    case 'write':
    case 'pwrite64': {
      if (name === '') return undefined
      const bytes = unescape(/, "((?:\\x[0-9a-f]{2})*)"/.exec(text)?.[1] ?? '')
      // What is written without an offset is what the process says on a pipe: see PowerWriter.
      const offset = call === 'write' ? 0 : Number(/, \d+, (\d+)\)/.exec(text)?.[1])
      return { kind: 'write', name, offset, bytes }
    }
    case 'ftruncate':
      return name === '' ? undefined : { kind: 'truncate', name, size: Number(/, (\d+)\)/.exec(text)?.[1]) }
    case 'fsync':
    case 'fdatasync':
      if (path.toString() === folder) return { kind: 'sync-folder' }
      return name === '' ? undefined : { kind: 'sync', name }
    case 'rename': {
      const [from, to] = paths.map(inFolder)
      if (!from || !to) return undefined
      known.delete(from)
      known.add(to)
      return { kind: 'rename', from, to }
    }
    case 'unlink':
    case 'unlinkat': {
      const gone = inFolder(paths[0])
      known.delete(gone)
      return gone === '' ? undefined : { kind: 'unlink', name: gone }
    }
    default:
      throw new Error(`${call} is not understood`)
  }
}

function unescape(escaped: string): Buffer {
  return Buffer.from(escaped.replaceAll('\\x', ''), 'hex')
}
