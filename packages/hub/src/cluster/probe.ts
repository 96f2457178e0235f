import { randomUUID } from 'node:crypto'

/** Whatever is longer is no probe and need not be looked at. */
const LONGEST = 128

/**
 * Messages that a hub sends to itself the way that events go to other hubs. They look to Socket.io's adapters, which
 * hear them too, like events of a namespace that is not theirs.
 */
export class Probe {
  private readonly sender = randomUUID()
  private readonly onEcho: (number: number) => void

  constructor(onEcho: (number: number) => void) {
    this.onEcho = onEcho
  }

  make(number: number): string {
    return JSON.stringify({ uid: this.sender, nsp: 'probe', number })
  }

  /** Tells of one's own probes; anything else is passed over. */
  take(message: Buffer): void {
    if (message.length > LONGEST || !message.includes(this.sender)) return
    const { number } = JSON.parse(message.toString()) as { readonly number: number }
    this.onEcho(number)
  }
}
