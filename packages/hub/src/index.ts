export { accessTo, allows, parseGrants, type Access, type Action, type Grant } from './acl/grants.js'
export type { AuthContext, Authenticate, Identity } from './auth/authenticate.js'
export { jwtAuth, type JwtAuthOptions, type JwtKey } from './auth/jwt-auth.js'
export {
  ClusterLink,
  type ClusterLinkOptions,
  type LinkConnection,
  type LinkConnectionEvents,
} from './cluster/cluster-link.js'
export type { LinkTimes } from './cluster/link-machine.js'
export type { Broadcast, FeedEnd, FeedNotice, HubLink } from './cluster/broadcast.js'
export type { ClusterStatus } from './cluster/cluster-feed.js'
export type { RedisOptions } from './cluster/redis-options.js'
export { createHubEngine, type HubEngine, type HubEngineOptions } from './gateway/engine.js'
export type { ConnectionHandlers, HubConnection } from './gateway/hub-connection.js'
export { DEFAULT_HUB_LIMITS, type HubLimits } from './limit/limits.js'
export type { BucketRate } from './limit/token-bucket.js'
export type { CatchUp, Cursor } from './log/catch-up.js'
export { DEFAULT_COMPACTION_POLICY, type CompactionPolicy } from './log/compaction-policy.js'
export type { Appended, HubLog } from './log/hub-log.js'
export type { AnyFold, FoldedLog } from './log/fold-log.js'
export type { OpenStream } from './log/open-stream.js'
export { DEFAULT_SNAPSHOT_POLICY, type SnapshotPolicy } from './log/snapshot-policy.js'
export { createLogger, silentLogger, type HubLogger } from './logging/logger.js'
export type {
  AppendBatch,
  AppendOutcome,
  LogDriver,
  LogPosition,
  LogSlice,
  ReadRange,
  Snapshot,
  StoreOpening,
  StreamCreation,
  StreamHead,
  StreamKey,
  StreamReplica,
  StreamRestore,
} from './storage/driver.js'
export { memory, type MemoryOptions } from './storage/memory/memory.js'
export { MemoryDisk } from './storage/memory/memory-disk.js'
export { redis, type RedisStorageOptions } from './storage/redis/redis.js'
export { postgres, type PostgresSurroundings } from './storage/postgres/postgres.js'
export type { PostgresOptions } from './storage/postgres/options.js'
export { sqlite, type SqliteOptions } from './storage/sqlite/sqlite.js'
export { createHub, type Hub, type HubAddress } from './hub.js'
export type { HubOptions } from './config/hub-options.js'
export type { Origins } from './config/origins.js'
export { exportWorkspace, type WorkspaceExport } from './transfer/export-workspace.js'
export { importWorkspace, type ImportOutcome, type WorkspaceImport } from './transfer/import-workspace.js'
export type { CheckedExport } from './transfer/check-export.js'
export type { ExportCounts, ExportHeader, ExportSummary, ExportTrailer } from './transfer/export-format.js'
