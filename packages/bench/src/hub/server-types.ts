/** What a server is started with. */
export interface ServerOptions {
  /** An empty directory of its own, or the one of an earlier server whose data it shall find. */
  readonly directory: string
  /** Where FlowSync's hubs keep their log. Default `sqlite`. */
  readonly storage?: 'sqlite' | 'memory' | 'postgres' | 'redis'
  /** The address of the store, where it is a server. */
  readonly storageUrl?: string
  /** The schema or the prefix of its keys; hubs with the same one share their streams. */
  readonly storageName?: string
  /** Links hubs. */
  readonly redisUrl?: string
  readonly channelPrefix?: string
}

/** A server that listens on 127.0.0.1. */
export interface RunningServer {
  readonly port: number
  /** Lets go of everything, once what is stored is stored. */
  close(): Promise<void>
}

/** Starts a peer's server on a free port. */
export type StartServer = (options: ServerOptions) => Promise<RunningServer>
