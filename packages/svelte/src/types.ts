import type { RegisteredStreams, StreamName, StreamRule, StreamValue } from '@flowsync/core'

/** A name that one of the registered streams covers; any name when none are registered. */
export type Name = StreamName<RegisteredStreams>

/** How a stream of that name merges. */
export type Rule<N extends Name> = StreamRule<RegisteredStreams, N>

/** What a stream of that name is worth. */
export type Value<N extends Name> = StreamValue<RegisteredStreams, N>
