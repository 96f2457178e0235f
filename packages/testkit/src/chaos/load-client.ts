import {
  createClient,
  isFlowSyncError,
  socketTransport,
  type FlowSyncClient,
  type StreamHandle,
} from '@flowsync/core'
import { memory } from '@flowsync/core/memory'
import { createRandom, type Random } from '../simulator/random.js'
import type { Author, AuthorOptions } from './author.js'
import { drawEdit } from './draw-edit.js'
import type { AuthorStatus, FinalStream, History, HistoryEvent } from './evidence.js'
import { CHAOS_WORKSPACE, counterOf, readKnown, streamsOf, type Known } from './marks.js'
import { streams } from './streams.js'
import { nowMs } from './now.js'
import { tapWire } from './wire-tap.js'

/** Of a client's turns, how many are a burst and how many a longer rest. */
const BURST_CHANCE = 0.12
const REST_CHANCE = 0.05

/** A stream that this author reads, and may write. */
interface Open {
  readonly stream: string
  readonly handle: StreamHandle
  made: number
  lastSeen: string
}

/** A real client that writes in a rhythm of its own and notes all it is shown. */
export class LoadClient implements Author {
  private readonly options: AuthorOptions
  private readonly client: FlowSyncClient
  private readonly opened: readonly Open[]
  private readonly writable: readonly Open[]
  private readonly random: Random
  private readonly events: HistoryEvent[] = []
  private readonly told = new Set<string>()
  private isUp = false
  private timer: NodeJS.Timeout | undefined

  constructor(options: AuthorOptions) {
    this.options = options
    const { author, authorCount, url, seed, token, report } = options
    this.random = createRandom(`${seed}/author${author}`)
    // Which streams there are is known at run time only.
    this.client = createClient({
      url,
      workspace: CHAOS_WORKSPACE,
      streams,
      subject: `author${author}`,
      token,
      storage: memory(),
      connect: true,
      transport: tapWire(socketTransport(), {
        onAcks: (acks) => report({ type: 'wire-acks', acks }),
        onClaims: (claims) => report({ type: 'wire-claims', claims }),
      }),
    })
    this.client.subscribe(() => this.lookAtLink())
    this.opened = streamsOf(authorCount).map((stream) => {
      const handle: StreamHandle = this.client.stream<string>(stream)
      const open: Open = { stream, handle, made: 0, lastSeen: '' }
      handle.subscribe(() => this.see(open))
      return open
    })
    this.writable = this.opened.filter(
      ({ stream }) => !stream.startsWith('counter:') || stream === counterOf(author),
    )
  }

  async whenReady(): Promise<void> {
    await Promise.all(this.opened.map(({ handle }) => handle.whenReady()))
  }

  write(): void {
    const { random } = this
    const waitMs = random.chance(REST_CHANCE) ? random.between(600, 2_500) : random.between(30, 260)
    this.timer = setTimeout(() => {
      const edits = random.chance(BURST_CHANCE) ? random.between(3, 15) : 1
      for (let edit = 0; edit < edits; edit++) this.edit(random.pick(this.writable))
      this.write()
    }, waitMs)
  }

  rest(): void {
    clearTimeout(this.timer)
  }

  setOnline(isOnline: boolean): void {
    if (isOnline) this.client.goOnline()
    else this.client.goOffline()
  }

  get status(): AuthorStatus {
    const { author } = this.options
    const { state, pendingCount, error } = this.client.getSnapshot()
    const seqs = Object.fromEntries(this.client.dehydrate().streams.map(({ name, seq }) => [name, seq]))
    const words = `author ${author} ${state}, ${pendingCount} pending${error ? `, ${error.code}: ${error.message}` : ''}`
    return { author, pendingCount, isLive: state === 'live', seqs, words }
  }

  get history(): History {
    return { author: this.options.author, events: this.events }
  }

  get finalStreams(): FinalStream[] {
    return this.client.dehydrate().streams.map(({ name, epoch, seq, state }) => {
      const value = this.opened.find(({ stream }) => stream === name)?.handle.value
      return { stream: name, epoch, seq, state, value: value instanceof Set ? [...value] : value }
    })
  }

  close(): Promise<void> {
    this.rest()
    return this.client.close()
  }

  private edit(open: Open): void {
    const { stream, handle } = open
    const { author, report } = this.options
    const known = this.read(open)
    const { intent, isMarked } = drawEdit(stream, handle.value, this.random, author, open.made + 1)
    const n = isMarked ? ++open.made : 0
    if (isMarked) {
      this.events.push({ kind: 'make', stream, n, known, atMs: nowMs() })
      report({ type: 'made', author, stream, n })
    }
    const { acked } = handle.push(intent)
    acked.then(
      ({ seq }) => report({ type: 'receipt', ack: { author, stream, n, seq, atMs: nowMs() } }),
      (error: unknown) => {
        const isEnd = isFlowSyncError(error) && error.code === 'client/closed'
        if (!isEnd) this.complain(`edit ${n} of ${stream} was refused: ${String(error)}`)
      },
    )
    this.see(open)
  }

  private lookAtLink(): void {
    const { isOnline } = this.client.getSnapshot()
    if (isOnline === this.isUp) return
    this.isUp = isOnline
    this.events.push({ kind: 'link', isUp: isOnline, atMs: nowMs() })
  }

  private see(open: Open): void {
    const known = this.read(open)
    const seen = known.join()
    if (seen === open.lastSeen) return
    open.lastSeen = seen
    this.events.push({ kind: 'see', stream: open.stream, known, atMs: nowMs() })
  }

  private read({ stream, handle }: Open): Known {
    const { known, problem } = readKnown(stream, handle.value, this.options.authorCount)
    // Once a stream: what follows from it says nothing new.
    if (problem !== undefined && !this.told.has(stream)) {
      this.told.add(stream)
      this.complain(`G6: ${stream} shows what cannot be: ${problem}`)
    }
    return known
  }

  private complain(problem: string): void {
    this.options.report({ type: 'problem', text: `author ${this.options.author}: ${problem}` })
  }
}
