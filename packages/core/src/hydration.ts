/** The state of one stream as JSON. */
export interface DehydratedStream {
  readonly name: string
  readonly rule: string
  readonly epoch: string
  readonly seq: number
  /** What the rule's `encodeState` made, base64. */
  readonly state: string
}

/** Streams as a server rendered them: JSON that {@link FlowSyncClient.hydrate} takes. */
export interface DehydratedState {
  readonly workspace: string
  readonly streams: readonly DehydratedStream[]
}

/** How {@link getServerData} asks. */
export interface ServerDataOptions {
  readonly token: string
  /** Default `default`. */
  readonly workspace?: string
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
  /** How long to wait for the hub. Default 5000. */
  readonly timeoutMs?: number
}

/**
 * Fetches the confirmed state of streams over HTTP, for a server that renders them.
 * @throws FlowSyncError `network/unreachable`, `network/timeout`, or what the hub answered, such as `acl/denied`
 */
export declare function getServerData(
  hubUrl: string,
  names: readonly string[],
  options: ServerDataOptions,
): Promise<DehydratedState>
