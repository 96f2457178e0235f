import type { DiskEvent } from './disk-event.js'
import { type Change, FileContent } from './file-content.js'

/** What sectors are written in, as a whole or not at all. */
const SECTOR = 512

/** What is left to chance when the power goes. */
export interface Chance {
  /** From 0 up to, but not including, 1. */
  next(): number
}

/** How much of what was not synced reached the disk. */
export type Luck = 'none' | 'all' | 'some'

interface DiskFile {
  /** What is certain: as it was when it was last synced. */
  readonly synced: FileContent
  /** Since then. */
  changes: Change[]
}

type FolderChange = Extract<DiskEvent, { readonly kind: 'create' | 'unlink' | 'rename' }> & {
  readonly file?: DiskFile
}

/**
 * A disk under the events of a trace: of a file only what was synced is certain to outlive a power cut, of the folder what
 * was there when the folder was synced. Of the rest any writes may be there, each in part, in any order; changes of the
 * folder happen in their order.
 */
export class PowerCutDisk {
  private readonly files = new Map<string, DiskFile>()
  private syncedFolder = new Map<string, DiskFile>()
  private folderChanges: FolderChange[] = []

  apply(event: DiskEvent): void {
    switch (event.kind) {
      case 'create': {
        const file = { synced: new FileContent(), changes: [] }
        this.files.set(event.name, file)
        this.folderChanges.push({ ...event, file })
        return
      }
      case 'unlink':
        this.files.delete(event.name)
        this.folderChanges.push(event)
        return
      case 'rename': {
        const file = this.file(event.from)
        this.files.delete(event.from)
        this.files.set(event.to, file)
        this.folderChanges.push({ ...event, file })
        return
      }
      case 'write':
      case 'truncate':
        this.file(event.name).changes.push(event)
        return
      case 'sync': {
        const file = this.file(event.name)
        for (const change of file.changes) file.synced.apply(change)
        file.changes = []
        return
      }
      case 'sync-folder':
        this.syncedFolder = new Map(this.files)
        this.folderChanges = []
    }
  }

  /** The files that a power cut at this moment leaves. */
  image(luck: Luck, chance: Chance): Map<string, Buffer> {
    const folder = new Map(this.syncedFolder)
    const happened =
      luck === 'none' ? 0 : luck === 'all' ? Infinity : chance.next() * (this.folderChanges.length + 1)
    this.folderChanges.slice(0, happened).forEach((change) => {
      if (change.kind === 'rename') {
        folder.delete(change.from)
        if (change.file) folder.set(change.to, change.file)
      } else if (change.kind === 'unlink') folder.delete(change.name)
      else if (change.file) folder.set(change.name, change.file)
    })
    return new Map([...folder].map(([name, file]) => [name, contentOf(file, luck, chance)]))
  }

  private file(name: string): DiskFile {
    const file = this.files.get(name)
    if (!file) throw new Error(`the trace never created ${name}`)
    return file
  }
}

function contentOf({ synced, changes }: DiskFile, luck: Luck, chance: Chance): Buffer {
  const content = new FileContent(synced)
  const likelihood = luck === 'all' ? 1 : luck === 'none' ? 0 : chance.next()
  for (const change of changes) {
    if (chance.next() >= likelihood) continue
    const isTorn = luck === 'some' && change.kind === 'write' && chance.next() < 0.3
    for (const part of isTorn ? torn(change, chance) : [change]) content.apply(part)
  }
  return content.bytes
}

/** Some sectors of a write. */
function torn(
  { name, offset, bytes }: Extract<Change, { readonly kind: 'write' }>,
  chance: Chance,
): Change[] {
  const parts: Change[] = []
  for (let start = 0; start < bytes.length;) {
    const end = Math.min(bytes.length, start + SECTOR - ((offset + start) % SECTOR))
    if (chance.next() < 0.5)
      parts.push({ kind: 'write', name, offset: offset + start, bytes: bytes.subarray(start, end) })
    start = end
  }
  return parts
}
