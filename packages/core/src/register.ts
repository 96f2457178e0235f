import type { StreamDefinitions } from '@flowsync/protocol'

/**
 * Tells every binding which streams the application has, once:
 *
 * ```ts
 * declare module '@flowsync/core' {
 *   interface Register { streams: typeof streams }
 * }
 * ```
 */
// Empty on purpose: applications fill it by module augmentation.
export interface Register {}

/** The streams of {@link Register}, or any streams when the application registered none. */
export type RegisteredStreams = Register extends { streams: infer S extends StreamDefinitions }
  ? S
  : StreamDefinitions
