import type { LinkMode } from './proxy-pipe.js'
import { TcpProxy, type TcpProxyOptions } from './tcp-proxy.js'

/** Modes that a connection is expected to do its work in, if slower. */
const HARMLESS: readonly LinkMode['kind'][] = ['pass', 'delay']

/** A piece of network between two of a run. */
export class Link {
  readonly name: string
  readonly proxy: TcpProxy
  private mode: LinkMode = { kind: 'pass' }

  private constructor(name: string, proxy: TcpProxy) {
    this.name = name
    this.proxy = proxy
  }

  static async start(name: string, options: TcpProxyOptions): Promise<Link> {
    return new Link(name, await TcpProxy.start(options))
  }

  /** Whether it stands in the way: it is broken, or was, and a connection over it is dead without its owner having noticed. */
  get isBroken(): boolean {
    return !HARMLESS.includes(this.mode.kind) || this.proxy.hasHalfOpen
  }

  setMode(mode: LinkMode): void {
    this.mode = mode
    this.proxy.setMode(mode)
  }
}
