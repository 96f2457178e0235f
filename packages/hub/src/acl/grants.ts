import { isFlowSyncError } from '@flowsync/crdt'
import { matchesPattern, parsePattern, type StreamPattern } from '@flowsync/protocol'

/** What a grant allows, each including those before it. */
export type Action = 'read' | 'write' | 'admin'

/** How far somebody may go in one stream. */
export type Access = 'none' | Action

/** A right to act on all streams that a pattern covers. */
export interface Grant {
  readonly action: Action
  readonly pattern: StreamPattern
}

const RANK: Readonly<Record<Access, number>> = { none: 0, read: 1, write: 2, admin: 3 }

function isAction(text: string): text is Action {
  return text === 'read' || text === 'write' || text === 'admin'
}

/**
 * Reads grants such as `write:doc:*`: an action, then a pattern of stream names.
 * One that cannot be read grants nothing: a newer hub may know actions that this one does not.
 */
export function parseGrants(texts: readonly string[]): readonly Grant[] {
  return texts.flatMap((text) => {
    const colon = text.indexOf(':')
    const action = text.slice(0, colon)
    const pattern = colon > 0 ? tryParsePattern(text.slice(colon + 1)) : undefined
    return isAction(action) && pattern ? [{ action, pattern }] : []
  })
}

function tryParsePattern(text: string): StreamPattern | undefined {
  try {
    return parsePattern(text)
  } catch (error) {
    if (isFlowSyncError(error)) return undefined
    throw error
  }
}

/** The most that any of the grants allows on a stream; without a grant, nothing. Linear in name and grants. */
export function accessTo(stream: string, grants: readonly Grant[]): Access {
  let access: Access = 'none'
  for (const { action, pattern } of grants) {
    if (RANK[action] > RANK[access] && matchesPattern(pattern, stream)) access = action
  }
  return access
}

/** True when the access includes the action. */
export function allows(access: Access, action: Action): boolean {
  return RANK[access] >= RANK[action]
}
