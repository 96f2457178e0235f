/**
 * The one version of the wire protocol that this package speaks.
 *
 * Raised whenever the byte layout of any message changes; a test holds the hash of all layouts and
 * fails when they drift under the same number. `hello` and `refused` keep their first fields in every
 * version, so that two versions can always tell each other that they differ.
 */
export const PROTOCOL_VERSION = 1
