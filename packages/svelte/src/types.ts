import type { RegisteredStreams, StreamName, StreamValue } from '@flowsync/core'

/** A name that one of the registered streams covers; any name when none are registered. */
export type Name = StreamName<RegisteredStreams>

/** What a stream of that name is worth. */
export type Value<N extends Name> = StreamValue<RegisteredStreams, N>
