import type { Connection } from './connection.js'

/** The live connections of one tenancy. */
export class Workspace {
  readonly name: string
  private readonly connections = new Set<Connection>()

  constructor(name: string) {
    this.name = name
  }

  get isEmpty(): boolean {
    return this.connections.size === 0
  }

  add(connection: Connection): void {
    this.connections.add(connection)
  }

  remove(connection: Connection): void {
    this.connections.delete(connection)
  }

  /** As they are now: closing one removes it. */
  list(): readonly Connection[] {
    return [...this.connections]
  }
}

/** The namespaces that are workspaces. A pattern, not a function: so `io.of(name)` makes the same namespace as a client does. */
export const WORKSPACE_NAMESPACE = /^\/[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** True for 1 to 64 letters, digits, `.`, `_` and `-`, beginning with a letter or digit. */
export function isWorkspaceName(name: string): boolean {
  return WORKSPACE_NAMESPACE.test(`/${name}`)
}
