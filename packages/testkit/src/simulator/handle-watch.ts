import type { TextDelta } from '@flowsync/crdt'
import type { SimulatedStream } from './scenario.js'
import { show } from './workload.js'

/** What of a stream's snapshot the watch looks at. */
export interface WatchedSnapshot {
  readonly value: unknown
  readonly status: string
  readonly isSynced: boolean
}

/**
 * Watches one handle of one client and reports what must never be seen: a text that its deltas do not lead to, an
 * element that comes back after it was gone, a message that goes after it was there, a synced stream that is not synced
 * any more.
 */
export class HandleWatch {
  private readonly stream: SimulatedStream
  private readonly report: (problem: string) => void
  private readonly isReader: boolean
  private shadow: string | undefined
  private seen: ReadonlySet<string> = new Set()
  private readonly gone = new Set<string>()
  private wasSynced = false
  private told: unknown

  /** @param isReader whether own edits will be taken back, so that what was there may go */
  constructor(stream: SimulatedStream, report: (problem: string) => void, isReader = false) {
    this.stream = stream
    this.report = report
    this.isReader = isReader
  }

  /** Text deltas as the handle reports them, with the value that it shows after them. */
  onDelta(deltas: readonly TextDelta[], value: unknown): void {
    if (this.shadow === undefined) return
    for (const { position, deleteCount, insert } of deltas) {
      this.shadow = this.shadow.slice(0, position) + insert + this.shadow.slice(position + deleteCount)
    }
    this.compareShadow(value, `after ${show(deltas)}`)
  }

  /** The snapshot, whenever it has changed. */
  onSnapshot({ value, status, isSynced }: WatchedSnapshot): void {
    this.told = value
    if (this.wasSynced && !isSynced) this.report('the stream was synced and is not any more')
    this.wasSynced ||= isSynced
    if (status !== 'ready') return
    const [kind] = this.stream.split(':')
    if (kind === 'doc') {
      if (this.shadow === undefined) this.shadow = value as string
      else this.compareShadow(value, 'without a delta that tells it')
    } else if (this.isReader) {
      // An edit that is taken back may take something away or bring it back.
    } else if (kind === 'chat') {
      this.compareElements(new Set(value as readonly string[]), (element) => {
        this.report(`monotonic reads: the message ${element} was there and is gone`)
      })
    } else if (kind === 'tags' || kind === 'once') {
      this.compareElements(value as ReadonlySet<string>, () => undefined)
    }
  }

  /** Once all is quiet: whether the listener was told of what the handle shows. */
  checkTold({ value }: WatchedSnapshot): void {
    if (value !== this.told) this.report(`shows ${show(value)} and its listeners were not told`)
  }

  private compareElements(now: ReadonlySet<string>, onGone: (element: string) => void): void {
    for (const element of this.seen) {
      if (now.has(element)) continue
      this.gone.add(element)
      onGone(element)
    }
    for (const element of now) {
      if (this.gone.has(element)) this.report(`monotonic reads: ${element} was deleted and is back`)
    }
    this.seen = new Set(now)
  }

  private compareShadow(value: unknown, when: string): void {
    if (value === this.shadow) return
    this.report(`deltas lead to ${show(this.shadow)} but the value is ${show(value)}, ${when}`)
    this.shadow = value as string
  }
}
