/** One edit of a text: at `position`, `deleteCount` units go and `insert` comes. Positions are UTF-16 units. */
export interface SessionEdit {
  readonly position: number
  readonly deleteCount: number
  readonly insert: string
}

/** What one person typed; applying all edits in order to '' gives `endContent`. */
export interface SequentialSession {
  readonly kind: 'sequential'
  readonly name: string
  readonly edits: readonly SessionEdit[]
  readonly endContent: string
}

/** A step of one of two people who typed at once. */
export interface ConcurrentStep {
  readonly agent: 0 | 1
  /** How many steps of the other agent its author had seen. */
  readonly seenOfOther: number
  readonly edits: readonly SessionEdit[]
}

/** What two people typed at once; an edit's positions refer to the text as its author saw it. */
export interface ConcurrentSession {
  readonly kind: 'concurrent'
  readonly name: string
  /** In an order in which everything that a step's author had seen comes before it. */
  readonly steps: readonly ConcurrentStep[]
  /** What the recording ended with; where two inserted at one place, another tie-break may order it differently. */
  readonly endContent: string
}

export type Session = SequentialSession | ConcurrentSession

/** How many edits a session has. */
export function countEdits(session: Session): number {
  if (session.kind === 'sequential') return session.edits.length
  return session.steps.reduce((sum, step) => sum + step.edits.length, 0)
}
