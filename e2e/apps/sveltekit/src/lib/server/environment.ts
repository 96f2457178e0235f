/** Read for each request, so that a build needs no secret. */
export function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set.`)
  return value
}

/** Where the hub is, for this server and for browsers alike. */
export const hubUrl = () => required('FLOWSYNC_HUB_URL')

/** The hub's FLOWSYNC_SECRET, which is not the one of the sessions. */
export const hubSecret = () => required('FLOWSYNC_SECRET')
