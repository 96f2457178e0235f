/** Where a client and its handles keep what only this package may touch. */
export const internals: unique symbol = Symbol('flowsync.internals')
