import type { ClientMessage } from '@flowsync/protocol'
import type { Link } from './link.js'

type WithoutId<Message> = Message extends { readonly id: number } ? Omit<Message, 'id'> : never

interface Open<Context> {
  readonly context: Context
  readonly sentMs: number
}

/** Requests that wait for their answers. `Context` is what the asker wants to remember of each. */
export class Requests<Context extends { readonly kind: string }> {
  private readonly open = new Map<number, Open<Context>>()
  private readonly link: Link
  private lastId: number

  /** @param lastId the last id used on this connection */
  constructor(link: Link, lastId: number) {
    this.link = link
    this.lastId = lastId
  }

  get isEmpty(): boolean {
    return this.open.size === 0
  }

  send(message: WithoutId<ClientMessage>, context: Context): void {
    const id = ++this.lastId
    this.open.set(id, { context, sentMs: this.link.system.nowMs() })
    this.link.send({ ...message, id })
  }

  /** What is remembered of a request of this kind, once: a second answer finds nothing. */
  take<Kind extends Context['kind']>(
    id: number,
    kind: Kind,
  ): Extract<Context, { readonly kind: Kind }> | undefined {
    const context = this.open.get(id)?.context
    if (context?.kind !== kind) return undefined
    this.open.delete(id)
    return context as Extract<Context, { readonly kind: Kind }>
  }

  /** The same without taking it. */
  peek(id: number): Context | undefined {
    return this.open.get(id)?.context
  }

  /** True when an answer is overdue. */
  get isOverdue(): boolean {
    const nowMs = this.link.system.nowMs()
    for (const { sentMs } of this.open.values()) if (nowMs - sentMs >= this.link.requestTimeoutMs) return true
    return false
  }
}
