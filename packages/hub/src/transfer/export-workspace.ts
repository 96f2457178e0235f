import type { Writable } from 'node:stream'
import type { System } from '@flowsync/protocol'
import { streamsOf } from '../log/stream-pages.js'
import type { LogDriver, StreamHead } from '../storage/driver.js'
import type { ExportCounts, ExportTrailer } from './export-format.js'
import { exportStream } from './export-stream.js'
import { RecordWriter } from './record-writer.js'

/** What to export, and where to. */
export interface WorkspaceExport {
  /** Open. Hubs may work on it meanwhile. */
  readonly storage: LogDriver
  readonly system: System
  readonly workspace: string
  /** Which streams; all when absent. */
  readonly includes?: (stream: string) => boolean
  readonly sink: Writable
  /** Aborts the export with its reason. */
  readonly signal?: AbortSignal
  /** Told after each stream. */
  readonly onStream?: (head: StreamHead, soFar: ExportCounts & { readonly streams: number }) => void
}

/**
 * Writes the streams of a workspace as they are: logs, also what is compacted, replicas with their subjects and
 * counters, snapshots. Each stream is exported up to its head at the time it is reached.
 * @throws FlowSyncError `stream/epoch-changed`, `storage/*`; what the sink has then is not a whole export
 */
export async function exportWorkspace(options: WorkspaceExport): Promise<ExportTrailer> {
  const { storage, system, workspace, includes, sink, signal, onStream } = options
  const writer = new RecordWriter(sink)
  const counts = { streams: 0, replicas: 0, ops: 0, snapshots: 0 }
  try {
    await writer.begin({ workspace, createdAt: new Date(system.nowMs()).toISOString() })
    for await (const { stream } of streamsOf(storage, workspace)) {
      if (includes?.(stream) === false) continue
      const head = await storage.findStream({ workspace, stream })
      if (!head) continue
      for await (const record of exportStream(storage, head)) {
        signal?.throwIfAborted()
        await writer.write(record)
        if (record.kind !== 'streamEnd') continue
        counts.replicas += record.replicas
        counts.ops += record.ops
        counts.snapshots += record.snapshots
      }
      counts.streams++
      onStream?.(head, counts)
    }
    return await writer.end(counts)
  } catch (error) {
    await writer.abort()
    throw error
  }
}
