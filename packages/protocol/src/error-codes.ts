// In a file of its own: programs that only throw and compare codes do not ship its prose.

/** What is known about a code, for people. */
export interface ErrorCodeInfo {
  readonly meaning: string
  readonly remedy: string
}

function code(meaning: string, remedy: string): ErrorCodeInfo {
  return Object.freeze({ meaning, remedy })
}

/**
 * Every error code of FlowSync, on the wire and off it. Codes read `area/reason` and never change their
 * meaning. Which of them are worth another try stands in {@link RETRYABLE_CODES}.
 */
export const ERROR_CODES = Object.freeze({
  'codec/malformed': code(
    'Bytes do not follow the format they should have.',
    'Fix the sender; compare with docs/protocol/v1.md.',
  ),
  'codec/invalid-value': code(
    'A value does not fit the layout it was to be encoded in.',
    'Fix the caller: a number, list or text is outside its bounds.',
  ),

  'protocol/version-unsupported': code(
    'Client and hub share no protocol version.',
    'Update the older of the two.',
  ),
  'protocol/unexpected-message': code(
    'A message of unknown type, or one that is not allowed at this point.',
    'Send `hello` first and only messages of the agreed version.',
  ),
  'protocol/hello-timeout': code(
    'No `hello` arrived in time after connecting.',
    'Send `hello` as the first message of every connection.',
  ),
  'frame/too-large': code(
    'A frame is above the limit in bytes or in list items.',
    'Split it; the limits are in `welcome`.',
  ),

  'auth/token-missing': code(
    'No token was given and the hub wants one.',
    'Give the client a `token` function.',
  ),
  'auth/token-invalid': code(
    'The token cannot be verified.',
    'Check secret, algorithm, audience and issuer.',
  ),
  'auth/token-expired': code('The token was valid once.', 'Fetch a new token and connect or renew.'),
  'auth/subject-mismatch': code(
    'The renewed token belongs to another subject.',
    'Close the client and open one for the new subject.',
  ),
  'auth/signed-out': code('Nobody is signed in.', 'Sign in, then call `goOnline()` or give `subject`.'),
  'auth/subject-unknown': code(
    'It is not known yet who is signed in, so an edit has no author.',
    'Give the client `subject`, or wait until it has a token.',
  ),
  'auth/revoked': code('Access was withdrawn.', 'Sign in again, or ask for access.'),
  'acl/denied': code('The grants do not allow this.', 'Ask for a token with the missing grant.'),

  'stream/name-invalid': code(
    'Not a stream name.',
    'Use 1 to 256 characters, segments split on `:`, none empty, no `*` and no control characters.',
  ),
  'stream/unknown': code(
    'No merge rule is defined for this name.',
    'Add a pattern for it to `defineStreams`, on hub and client alike.',
  ),
  'stream/rule-mismatch': code(
    'Client and hub merge this stream by different rules.',
    'Share one `defineStreams` between them; update the older one.',
  ),
  'stream/epoch-changed': code(
    "The stream's log was reset or restored.",
    'Subscribe again; pending ops are carried over.',
  ),
  'stream/truncated': code(
    "The beginning of the stream's log was erased.",
    'Begin with the snapshot that replaced it.',
  ),
  'stream/exists': code(
    'A stream of this name is there already.',
    'Import into an empty store, or leave this stream out.',
  ),

  'op/invalid': code('An op that its rule cannot read.', 'Update the client; the op has no effect anywhere.'),
  'op/invalid-intent': code('The rule does not take this input.', 'Correct the arguments of the call.'),
  'op/needs-history': code(
    'An op was made on a version older than the state remembers.',
    'Fold again from a snapshot at or below its base.',
  ),
  'op/counter-gap': code(
    "A replica's op does not follow its former one.",
    'Send again from `details.expected`.',
  ),
  'op/replica-foreign': code(
    'The replica id belongs to another subject.',
    'Use a fresh replica id for every client instance.',
  ),
  'op/unknown-base': code(
    'An op names a version that the hub never had.',
    'Subscribe again; the log may have been restored.',
  ),
  'op/too-large': code('One op is above the limit.', 'Split the edit.'),

  'state/invalid': code(
    'Bytes are not a state of this rule.',
    'Drop the snapshot and load the stream again.',
  ),
  'state/pending': code(
    'A state with pending ops cannot be encoded.',
    'Encode it before they are added or after they are placed.',
  ),

  'update/invalid': code('Bytes are not an update of a document.', 'Fix the sender; nothing was merged.'),
  'update/missing-parents': code(
    'An update builds on ops that the document does not hold.',
    'Merge those first (`details.missing`), or ask for all since your version.',
  ),
  'update/needs-history': code(
    'An update or a version lies before the snapshot that the document began with.',
    'Load a document that was saved with its history.',
  ),
  'update/out-of-order': code(
    'Updates of a session are missing before this one, or it was merged before.',
    'Merge the missing one first (`details.expected`), or begin a new session.',
  ),

  'limit/rate': code('Too many requests.', 'Wait `retryAfterMs`.'),
  'limit/streams': code(
    'Too many streams are open on one connection.',
    'Close streams that are not looked at.',
  ),

  'hub/draining': code('The hub is shutting down.', 'Connect again, to any hub.'),
  'hub/overloaded': code('The hub has more work than it can do.', 'Wait `retryAfterMs`.'),
  'hub/internal': code('The hub failed in a way it did not expect.', "Look into the hub's log."),

  'transfer/file-invalid': code(
    'A file that was to be imported is no export, or not a whole one.',
    'Export again; nothing was imported.',
  ),

  'storage/unavailable': code('The database does not answer.', 'Nothing was acknowledged; try again.'),
  'storage/full': code('The disk is full.', 'Free space; the hub recovers by itself.'),
  'storage/corrupt': code(
    'The database file is damaged.',
    'Restore a backup; clients send again what it lacks.',
  ),
  'storage/read-only': code('The database cannot be written.', 'Check permissions and free space.'),
  'storage/quota': code(
    "The browser's storage quota is used up.",
    'Free space or ask for persistent storage; edits are kept in memory.',
  ),
  'storage/blocked': code(
    'Another tab holds an older version of the database open.',
    'Close or reload the other tab.',
  ),
  'storage/unsent-edits': code(
    'The data holds edits that the hub has not acknowledged (`details.count`, `details.streams`).',
    "Connect and send them (`wipe({ unsent: 'send' })`), or give them up (`wipe({ unsent: 'discard' })`).",
  ),
  'storage/wiped': code(
    "The user's data on this device was erased.",
    'Create a new client; what was acknowledged comes back from the hub.',
  ),
  'value/read-only': code(
    'A value was written that shows a stream and cannot be assigned.',
    'Edit through the methods or the binding that the message names.',
  ),

  'network/unreachable': code(
    'The hub cannot be reached.',
    'Check address and network; the client keeps trying.',
  ),
  'network/timeout': code('No answer in time.', 'Try again; ops are never applied twice.'),
  'http/not-found': code('There is nothing at this path.', 'Compare the path with docs/hub.md.'),
  'http/method-not-allowed': code('The path takes other methods.', 'Use one that the message names.'),
  'client/closed': code('The client was closed.', 'Create a new client.'),
  'config/invalid': code('An option has no valid value.', 'Correct the option that the message names.'),
  'config/port-in-use': code('Another process listens on this port.', 'Stop it or choose another port.'),
})

/** A code that {@link ERROR_CODES} lists. */
export type ErrorCode = keyof typeof ERROR_CODES
