import type { ReplicaId } from '@flowsync/crdt'
import type { StreamCreation, StreamKey } from '../driver.js'
import { StoredStream } from './stored-stream.js'

/**
 * What survives a simulated crash: only what was synced is ever written here. Pass the same disk to the
 * next `memory({ disk })` to start a hub on what the crashed one left.
 */
export class MemoryDisk {
  private readonly streams = new Map<string, StoredStream>()
  private readonly subjects = new Map<string, string>()
  private readonly writers = new Set<object>()

  /** Makes `writer` the only one that may write; former ones are locked out, as after a crash. */
  take(writer: object): void {
    this.writers.clear()
    this.writers.add(writer)
  }

  /** Lets `writer` write beside those that do already. */
  share(writer: object): void {
    this.writers.add(writer)
  }

  release(writer: object): void {
    this.writers.delete(writer)
  }

  isHeldBy(writer: object): boolean {
    return this.writers.has(writer)
  }

  stream(key: StreamKey): StoredStream | undefined {
    return this.streams.get(nameOf(key.workspace, key.stream))
  }

  create(creation: StreamCreation, epoch: string): StoredStream {
    const stored = new StoredStream(creation, epoch)
    this.streams.set(nameOf(creation.workspace, creation.stream), stored)
    return stored
  }

  streamsOf(workspace: string): StoredStream[] {
    return [...this.streams.values()].filter(({ creation }) => creation.workspace === workspace)
  }

  workspaces(): string[] {
    return [...new Set([...this.streams.values()].map(({ creation }) => creation.workspace))]
  }

  subjectOf(workspace: string, replica: ReplicaId): string | undefined {
    return this.subjects.get(nameOf(workspace, replica))
  }

  bind(workspace: string, replica: ReplicaId, subject: string): void {
    this.subjects.set(nameOf(workspace, replica), subject)
  }
}

/** A workspace's name holds no slash. */
function nameOf(workspace: string, rest: string): string {
  return `${workspace}/${rest}`
}
