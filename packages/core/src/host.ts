/** What a client wants to know of its surroundings. All of it is hints: nothing breaks when they are wrong. */
export interface Host {
  /** True in a window or a worker. */
  readonly isBrowser: boolean
  /** False when the machine says that there is no network. */
  isOnline(): boolean
  /** Calls back when the machine gains or loses network. Returns the function that ends it. */
  onNetworkChange(listener: () => void): () => void
  /**
   * Claims `name` among all tabs of the browser until `release` is called or the tab dies. Undefined
   * when a living tab holds it. Where tabs cannot know of each other, every claim succeeds.
   */
  claim(name: string): Promise<{ release(): void } | undefined>
}
