import type { FollowedOptions } from '@flowsync/testkit/bindings'

/** Options that a component follows. */
export interface Followed {
  current: FollowedOptions
}

/** Options as an application's state. */
export function followedOptions(options: FollowedOptions): Followed {
  let current = $state.raw(options)
  return {
    get current() {
      return current
    },
    set current(next) {
      current = next
    },
  }
}
