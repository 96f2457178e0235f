/** Who keeps track of what is done to a stream on this client. */
export interface StreamRecorder {
  /** An edit is about to be folded; the returned function is called right after it, unless it was refused. */
  begin(intent: unknown): (deltas: readonly unknown[]) => void
  /** The state was replaced by another one that shows something else, such as after a refusal. */
  jump(): void
}
