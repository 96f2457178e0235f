import 'server-only'

function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set. \`npm start\` in the repository's root sets it for you.`)
  return value
}

/** Where the hub is, as browsers and this server reach it. */
export function hubUrl(): string {
  return process.env['FLOWSYNC_HUB_URL'] ?? 'http://127.0.0.1:8765'
}

/** Shared with the hub: signs the tokens it accepts. */
export function hubSecret(): string {
  return required('FLOWSYNC_SECRET')
}

/** How long a hub token lasts. Clients renew it in time, without a reconnect. */
export function tokenSeconds(): number {
  return Number(process.env['FLOWSYNC_TOKEN_SECONDS'] ?? 300)
}
