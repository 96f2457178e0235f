import type { FlowSyncClient } from '@flowsync/core'
import type { BindingStreams } from '@flowsync/testkit/bindings'

/** What the component lets its test look at and do. */
export interface DerivedReport {
  client?: FlowSyncClient<BindingStreams>
  rename?: (name: `doc:${string}`) => void
  push?: (text: string) => void
}
