import type { FlowSyncError } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import { subjectMismatch } from './session-errors.js'

/** Whose session it is, and whether that is who is signed in. */
export class Identity {
  /** Whose the client's data is; empty when nobody could tell from an opaque token. */
  private owner = ''
  /** Whom the hub took an opaque token for; nobody else may follow on this client. */
  private hubSubject = ''
  private error: FlowSyncError | undefined

  /** Why edits are refused: nobody is signed in, or somebody else; undefined while they may be made. */
  get refusal(): FlowSyncError | undefined {
    return this.error
  }

  /** Why a token, or a hub, that speaks of this user is not taken. */
  mismatchOf(subject: string | undefined): FlowSyncError | undefined {
    return subjectMismatch(subject, this.owner || this.hubSubject)
  }

  signOut(): void {
    // The same error as long as it lasts: it is shown, and recognised when it is over.
    if (this.error?.code === 'auth/signed-out') return
    this.error = createError('auth/signed-out', 'Nobody is signed in: edits are refused.')
  }

  refuse(mismatch: FlowSyncError): void {
    this.error = mismatch
  }

  /** There is a token, for the client of `owner`. Returns why it is not taken. */
  takeToken(subject: string | undefined, owner: string): FlowSyncError | undefined {
    this.owner = owner
    const mismatch = this.mismatchOf(subject)
    // Of an opaque token only the hub can tell whose it is.
    if (!mismatch && subject !== undefined) this.error = undefined
    return mismatch
  }

  /** The hub says whose session it is. Returns why that is not taken. */
  takeWelcome(subject: string): FlowSyncError | undefined {
    const mismatch = this.mismatchOf(subject)
    if (mismatch) return mismatch
    this.hubSubject = subject
    this.error = undefined
    return undefined
  }
}
