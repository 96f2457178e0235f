import type { ClientOptions, DehydratedState, FlowSyncClient, Receipt } from '@flowsync/core'
import type { BindingStreams } from './streams.js'

/** A small component that a binding's harness writes in its framework. It shows JSON. */
export type Probe =
  /** Shows {@link ShownStream}. */
  | { readonly kind: 'stream'; readonly name: 'doc:probe' | 'notes:probe' }
  /** Shows nothing but the length of the text, taken by a selector written inline. */
  | { readonly kind: 'length'; readonly name: 'doc:probe' }
  /** Shows {@link ShownClient}. */
  | { readonly kind: 'client' }

/** What a `stream` probe shows. */
export interface ShownStream {
  readonly value: unknown
  readonly status: string
  readonly isSynced: boolean
  readonly pendingCount: number
  /** The code of the error, or null. */
  readonly error: string | null
}

/** What a `client` probe shows. */
export interface ShownClient {
  readonly status: string
  readonly isOnline: boolean
  readonly pendingCount: number
}

/** What to render: one probe below what provides it with the client. */
export interface Scene {
  readonly client: FlowSyncClient<BindingStreams>
  readonly probe: Probe
}

/** A scene on the screen. */
export interface Mounted {
  /** The text the probe shows; empty before its first render. */
  text(): string
  /** What the probe rendered to, each time it did. */
  readonly renders: readonly string[]
  /** Pushes through what the binding gave to the probe. */
  push(intent: unknown): Receipt
  /** What the last render was given and the next must be given too while nothing changed: push, handle, value. */
  references(): readonly unknown[]
  /** Makes the probe render again, though nothing changed. */
  rerender(): void
  unmount(): void
}

/** The options that a provider is given, which may change. */
export interface FollowedOptions extends ClientOptions<BindingStreams> {
  readonly hydrate?: DehydratedState
}

/** A probe below a provider that makes a client of options. */
export interface MountedFollower extends Mounted {
  /** Gives the provider other options, as an application does that has another user. They are followed when this returns. */
  follow(options: FollowedOptions): void
}

/** What a binding implements to be put through the suite. Everything may take effect a moment later: the suite awaits it. */
export interface BindingHarness {
  readonly framework: string
  /** Whether parts of a page may come alive when other parts already have: then each must begin as the server left it. */
  readonly hydratesInParts: boolean
  /** Renders on top of `html`, which {@link renderToString} made, when given. */
  mount(scene: Scene, html?: string): Mounted
  /** Mounts in the way in which the framework, or impatient users, mount a thing twice. */
  mountTwice(scene: Scene): Mounted
  /** Mounts a probe below a provider that follows options. */
  mountFollower(options: FollowedOptions, probe: Probe): MountedFollower
  renderToString(scene: Scene): Promise<string>
  /** Renders a `stream` probe where nothing provides a client, and throws what that throws. */
  mountWithoutClient(): void
  /** The reactive proxy that the framework's users get for such a value; the value itself where there is none. */
  proxy<T extends object>(value: T): T
}
