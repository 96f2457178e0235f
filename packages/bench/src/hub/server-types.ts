/** What a server is started with. */
export interface ServerOptions {
  /** An empty directory of its own, or the one of an earlier server whose data it shall find. */
  readonly directory: string
  /** Where FlowSync's hubs keep their log. Default `sqlite`. */
  readonly storage?: 'sqlite' | 'memory' | 'postgres' | 'redis'
  /** The address of the store, where it is a server. */
  readonly storageUrl?: string
  /** Links hubs. */
  readonly redisUrl?: string
  readonly channelPrefix?: string
  /** How many hubs share the process and its storage in memory. Default 1. */
  readonly hubs?: number
}

/** A server that listens on 127.0.0.1. */
export interface RunningServer {
  /** One for each hub. */
  readonly ports: readonly number[]
  /** Lets go of everything, once what is stored is stored. */
  close(): Promise<void>
}

/** Starts a peer's server on a free port. */
export type StartServer = (options: ServerOptions) => Promise<RunningServer>
