import type { FlowSyncError, ReplicaId } from '@flowsync/crdt'
import { createError, NO_EPOCH, type StreamDefinitions } from '@flowsync/protocol'
import type { StoredStream } from '../storage/driver.js'
import { createHandle, type HandleSource } from './handle.js'
import type { StreamHandle } from './handle-types.js'
import { loadStream, seedStream, takeBackEarly, type StreamSeed } from './load.js'
import type { StreamSnapshot } from './snapshot.js'
import { Stream, type StreamEnvironment } from './stream.js'

/** What a registry needs of its client. */
export interface RegistryOptions {
  readonly definitions: StreamDefinitions
  readonly environment: StreamEnvironment
  /** Whether this client sends the ops of an instance, a dead one. */
  readonly isAdopted: (owner: ReplicaId) => boolean
  /** Reads what is stored, once that is possible. */
  readonly load: (names: readonly string[]) => Promise<readonly StoredStream[]>
  /** The stream is loaded: follow it. */
  readonly onOpened: (stream: Stream) => void
  /** Nobody uses it and all its ops are acknowledged: follow it no more. */
  readonly onClosed: (stream: Stream) => void
}

/** What is kept of a stream's name, whether it is open or not. */
interface Entry {
  stream: Stream
  readonly handle: StreamHandle
  /** How often `stream()` was called and not yet answered by `close()`. */
  handleUses: number
  isOpen: boolean
  /** It is forgotten as soon as all is written. */
  isLeaving: boolean
  /** What a server renders, and the first client render with it. */
  first: StreamSnapshot<unknown>
}

/** A client's streams by name: which are open, who uses them, and what a server said of them. */
export class Registry implements HandleSource {
  private readonly entries = new Map<string, Entry>()
  private readonly seeds = new Map<string, StreamSeed>()
  /** For whom seeds were read, as far as they tell. */
  private readonly seedSubjects = new Map<string, string>()
  private readonly lingering = new Set<() => void>()
  private toLoad: Stream[] = []
  private readonly loads = new Set<Promise<void>>()
  private readonly options: RegistryOptions

  constructor(options: RegistryOptions) {
    this.options = options
  }

  get internals(): object {
    return { registry: this, system: this.options.environment.system }
  }

  /** Every stream that is in use or has ops to send. */
  get openStreams(): Stream[] {
    return [...this.entries.values()].filter(({ isOpen }) => isOpen).map(({ stream }) => stream)
  }

  /** The handle of a stream, counted: it wants a `giveUp`. */
  hold(name: string): StreamHandle {
    const entry = this.entryOf(name)
    this.open(name)
    entry.handleUses++
    return entry.handle
  }

  /** Ends one use that `hold` began. */
  giveUp(name: string): void {
    const entry = this.entries.get(name)
    if (!entry || entry.handleUses === 0) return
    entry.handleUses--
    this.release(entry.stream)
  }

  /** The handle of a stream that this does not open. */
  handleOf(name: string): StreamHandle {
    return this.entryOf(name).handle
  }

  /** The stream as it is, open or not. */
  peek(name: string): Stream {
    return this.entryOf(name).stream
  }

  /** What a server renders for the stream. */
  firstSnapshot(name: string): StreamSnapshot<unknown> {
    return this.entryOf(name).first
  }

  /** Opens a stream for one more use. */
  open(name: string): Stream {
    const entry = this.entryOf(name)
    const { stream } = entry
    stream.uses++
    if (!entry.isOpen) this.start(entry)
    return stream
  }

  /** Opens a stream for as long as it has ops to send: those of a dead instance. */
  revive(name: string): void {
    if (!this.options.definitions.findRule(name)) return
    const entry = this.entryOf(name)
    if (!entry.isOpen) this.start(entry)
  }

  /** Ends one use. */
  release(stream: Stream): void {
    stream.uses--
    this.closeIfUnused(stream)
  }

  /** Ends one use after a moment: it may be wanted again at once. */
  releaseSoon(stream: Stream, delayMs: number): void {
    if (this.options.environment.isClosed) return this.release(stream)
    const cancel = this.options.environment.system.setTimer(delayMs, () => {
      this.lingering.delete(cancel)
      this.release(stream)
    })
    this.lingering.add(cancel)
  }

  /**
   * Stops every timer: the client closes.
   * @param canSave whether streams that are still being loaded will be, so that what was edited meanwhile is saved
   */
  close(canSave: boolean): void {
    for (const cancel of this.lingering) cancel()
    for (const stream of this.openStreams) stream.abandon(canSave)
  }

  /** Resolves once every stream that was being loaded is. */
  async whenLoaded(): Promise<void> {
    await Promise.all(this.loads)
  }

  /** Forgets a stream that nobody uses and that has nothing left to send or to save. */
  closeIfUnused(stream: Stream): void {
    const entry = this.entries.get(stream.name)
    if (stream.uses > 0 || !stream.isLoaded || !stream.outbox.isEmpty) return
    if (!entry?.isOpen || entry.stream !== stream) return
    const { journal } = this.options.environment
    // Until all is on disk it could not give back what is here; while the disk fails that may take long.
    if (journal.error || entry.isLeaving) return
    if (!journal.isIdle) {
      entry.isLeaving = true
      void journal.flush().then(() => {
        entry.isLeaving = false
        this.closeIfUnused(stream)
      })
      return
    }
    entry.isOpen = false
    this.options.onClosed(stream)
    // What a server rendered of a log that is no more must not replace what is on disk.
    if (this.seeds.get(stream.name)?.epoch !== stream.epoch) this.seeds.delete(stream.name)
    // Its next life starts from disk; the counters go on.
    entry.stream = this.createStream(stream.name, stream.author)
  }

  /**
   * Shows a server's state where nothing newer is known.
   * @throws FlowSyncError `stream/unknown`, `stream/rule-mismatch`, `state/invalid`
   */
  seed(name: string, ruleName: string, seed: StreamSeed, subject?: string): void {
    const rule = this.options.definitions.ruleFor(name)
    if (rule.name !== ruleName) {
      throw createError(
        'stream/rule-mismatch',
        `The server merges ${JSON.stringify(name)} by ${ruleName}, this client by ${rule.name}.`,
      )
    }
    // A hub on which nobody ever opened the stream knows nothing that this device does not.
    if (seed.epoch === NO_EPOCH) return
    this.seeds.set(name, seed)
    if (subject === undefined) this.seedSubjects.delete(name)
    else this.seedSubjects.set(name, subject)
    const entry = this.entryOf(name)
    seedStream(entry.stream, seed)
    if (!entry.isOpen) entry.first = entry.stream.getSnapshot()
  }

  /** Takes back every edit that was made before anything could be loaded. */
  takeBackUnowned(error: FlowSyncError): void {
    for (const stream of this.openStreams) {
      if (!stream.isLoaded && !stream.outbox.isEmpty)
        takeBackEarly(stream, this.seeds.get(stream.name), error)
    }
  }

  /** The client has turned out to be this user's: what a server read for somebody else is not shown, nor what was edited on it. */
  forgetSeedsOfOthers(subject: string): void {
    for (const [name, other] of this.seedSubjects) {
      if (other === subject) continue
      this.seedSubjects.delete(name)
      this.seeds.delete(name)
      const entry = this.entryOf(name)
      const message = `What was shown of ${JSON.stringify(name)} was somebody else's.`
      takeBackEarly(entry.stream, undefined, createError('auth/subject-mismatch', message))
      entry.first = entry.stream.getSnapshot()
    }
  }

  private entryOf(name: string): Entry {
    const known = this.entries.get(name)
    if (known) return known
    const rule = this.options.definitions.ruleFor(name)
    const { owner } = this.options.environment
    const stream = this.createStream(name, { replica: owner, nextCounter: 1 })
    const entry: Entry = {
      stream,
      handle: createHandle(this, name, rule),
      handleUses: 0,
      isOpen: false,
      isLeaving: false,
      first: stream.getSnapshot(),
    }
    this.entries.set(name, entry)
    return entry
  }

  private createStream(name: string, author: Stream['author']): Stream {
    const { definitions, environment } = this.options
    const stream = new Stream(name, definitions.ruleFor(name), environment, author)
    const seed = this.seeds.get(name)
    if (seed) seedStream(stream, seed)
    return stream
  }

  private start(entry: Entry): void {
    entry.isOpen = true
    this.toLoad.push(entry.stream)
    // Streams that are opened together are read together.
    if (this.toLoad.length > 1) return
    const loading = this.loadSoon()
    this.loads.add(loading)
    void loading.then(() => this.loads.delete(loading))
  }

  private async loadSoon(): Promise<void> {
    await Promise.resolve()
    const streams = this.toLoad
    this.toLoad = []
    const stored = await this.options.load(streams.map(({ name }) => name))
    streams.forEach((stream, index) => {
      const found = stored[index]
      const { isClosed } = this.options.environment
      // A client that closes saves what was edited meanwhile, and needs no more.
      if (!found || (isClosed && stream.outbox.isEmpty)) return
      loadStream(stream, found, this.options.isAdopted, this.seeds.get(stream.name))
      if (isClosed) return
      this.options.onOpened(stream)
      stream.changed()
    })
  }
}
