import { isFlowSyncError } from '../errors.js'
import type { OpId } from '../op.js'
import type { TextDelta } from '../text-delta.js'
import { check, checkSame, sameBytes } from './graph-check.js'
import { forge } from './graph-forger.js'
import { GraphPeer } from './graph-peer.js'
import { GraphReference } from './graph-reference.js'
import { isSubset, minus } from './graph-sets.js'
import type { GraphScript, GraphStep } from './graph-steps.js'
import { replicaId } from './graph-subject.js'
import type { GraphDocument, GraphSubject } from './graph-subject.js'

/** An update and what is in it. */
interface Mail {
  readonly name: string
  readonly bytes: Uint8Array
  readonly ops: ReadonlySet<number>
}

interface Session {
  readonly from: number
  readonly to: number
  readonly sent: Set<number>
  readonly encoder: { next(): Uint8Array | undefined }
  readonly decoder: { merge(bytes: Uint8Array): readonly TextDelta[] }
}

/**
 * Several documents that exchange what they have in all ways there are, compared after each step with
 * {@link GraphReference}. It plays a script, so that a failure can be made smaller by leaving out steps.
 */
export class GraphSession<Document extends GraphDocument> {
  readonly reference = new GraphReference()
  readonly peers: GraphPeer<Document>[] = []
  readonly mails: Mail[] = []
  /** The calls made, as a program. */
  readonly calls: string[] = []
  private readonly subject: GraphSubject<Document>
  private sessions: Session[] = []
  private replicas = 0

  constructor(subject: GraphSubject<Document>, peers: number) {
    this.subject = subject
    for (let index = 0; index < peers; index++) {
      const replica = replicaId(this.replicas++)
      this.calls.push(`p${index} = new TextDocument('${replica}')`)
      this.peers.push(new GraphPeer(subject.create(replica), this.reference))
    }
  }

  /** Plays all steps, then brings all together. Throws when anything is not as it must be. */
  run(steps: GraphScript['steps']): void {
    for (const step of steps) this.step(step)
    this.heal()
  }

  step(step: GraphStep): void {
    switch (step.do) {
      case 'edit': {
        const index = step.peer % this.peers.length
        const at = this.calls.push(`p${index}: ${JSON.stringify(step)}`) - 1
        this.calls[at] = `p${index}.${this.peer(index).edit(step)}`
        this.remember(index)
        return
      }
      case 'sync':
        this.sync(step.from, step.to, step.by)
        return
      case 'send':
        this.send(step.from, step.since)
        return
      case 'deliver':
        this.deliver(step.mail, step.to)
        return
      case 'open':
        this.open(step.from, step.to)
        return
      case 'flush':
        for (const session of this.sessions.filter(({ from }) => from === step.from)) this.flush(session)
        return
      case 'restart':
        this.copy(step.peer, step.peer, step.full, step.keep)
        return
      case 'copy':
        if (step.to !== 0) this.copy(step.from, step.to, step.full, false)
        return
      case 'erase':
        this.erase(step.peer)
        return
      case 'look':
        this.calls.push(`look at p${step.peer}`)
        this.peer(step.peer).look(this.subject, step.a, step.b)
        return
      case 'forge':
        this.forge(step)
    }
  }

  private peer(index: number): GraphPeer<Document> {
    const peer = this.peers[index]
    if (!peer) throw new Error(`There is no peer ${index}.`)
    return peer
  }

  private remember(index: number): void {
    const { moments, known } = this.peer(index)
    if (moments.length < 200) moments.push(this.reference.frontier(known))
  }

  /** An update of what one has and a version does not; undefined when the history for that is gone. */
  private encode(from: number, version: readonly OpId[], may: 'lack' | 'not lack'): Uint8Array | undefined {
    const { document } = this.peer(from)
    try {
      return document.encodeSince(version)
    } catch (error) {
      const lacks = isFlowSyncError(error) && error.code === 'update/needs-history'
      if (lacks && may === 'lack') return undefined
      throw error
    }
  }

  private sync(from: number, to: number, by: 'version' | 'vector'): boolean {
    const [author, reader] = [this.peer(from), this.peer(to)]
    const isBelowFloor = author.floor && !isSubset(author.floor.ops, reader.known)
    // A version that holds ops which the author has not may be one that it cannot tell from an old one.
    const isPartly = by === 'version' && !isSubset(reader.known, author.known)
    this.calls.push(`p${to}.merge(p${from}.encodeSince(p${to}.${by}))`)
    const bytes = this.encode(
      from,
      reader.document[by],
      isBelowFloor === true || (author.floor && isPartly) ? 'lack' : 'not lack',
    )
    if (!bytes) return false
    const ops = minus(author.known, reader.known)
    const isMerged = reader.receive(ops, () => reader.document.merge(bytes), isPartly)
    this.remember(to)
    return isMerged
  }

  private send(from: number, since: number): void {
    const { known, floor, moments } = this.peer(from)
    const version = moments[since % moments.length] ?? []
    const past = this.reference.closure(version)
    this.calls.push(`u${this.mails.length} = p${from}.encodeSince(${JSON.stringify(version)})`)
    const bytes = this.encode(from, version, floor && !isSubset(floor.ops, past) ? 'lack' : 'not lack')
    if (bytes) this.mails.push({ name: `u${this.mails.length}`, bytes, ops: minus(known, past) })
  }

  private deliver(number: number, to: number): void {
    const mail = this.mails.at(number < 0 ? number : number % Math.max(1, this.mails.length))
    if (!mail) return
    const { document } = this.peer(to)
    this.calls.push(`p${to}.merge(${mail.name})`)
    this.peer(to).receive(mail.ops, () => document.merge(mail.bytes))
    this.remember(to)
  }

  private open(from: number, to: number): void {
    this.sessions = this.sessions.filter((session) => session.from !== from || session.to !== to)
    if (!this.sync(from, to, 'version')) return
    const sent = new Set(this.peer(from).known)
    const encoder = this.subject.encoder(this.peer(from).document)
    const decoder = this.subject.decoder(this.peer(to).document)
    this.calls.push(`e${from}${to} = new UpdateEncoder(p${from}); d${from}${to} = new UpdateDecoder(p${to})`)
    this.sessions.push({ from, to, sent, encoder, decoder })
  }

  private flush(session: Session): void {
    const { from, to, sent, encoder, decoder } = session
    const ops = minus(this.peer(from).known, sent)
    this.calls.push(`d${from}${to}.merge(e${from}${to}.next())`)
    const bytes = encoder.next()
    check(bytes !== undefined || ops.size === 0, 'what is new is sent')
    if (!bytes) return
    for (const index of ops) sent.add(index)
    const isMerged = this.peer(to).receive(ops, () => decoder.merge(bytes))
    if (!isMerged) this.sessions = this.sessions.filter((other) => other !== session)
    this.remember(to)
  }

  /** A peer ends, and begins again with what it or another one has saved. */
  private copy(from: number, to: number, full: boolean, keep: boolean): void {
    const author = this.peer(from)
    // One has the whole history, so that nothing is lost.
    const isFull = full || to === 0
    if (to === 0 && author.floor) return
    const isSame = keep && isFull && !author.floor && from === to
    const replica = isSame ? author.replica : replicaId(this.replicas++)
    this.calls.push(`p${to} = TextDocument.load(p${from}.${isFull ? 'save' : 'snapshot'}(), '${replica}')`)
    if (!isFull) this.rescue(from)
    if (from !== to) this.rescue(to)
    const bytes = isFull ? author.document.save() : author.document.snapshot()
    const document = this.subject.load(bytes, replica)
    if (isFull) check(sameBytes(document.save(), bytes), 'what is loaded is saved as it was')
    else check(sameBytes(document.snapshot(), bytes), 'a snapshot of a snapshot is the same')

    this.replace(to, document, author, isFull)
  }

  private replace(to: number, document: Document, author: GraphPeer<Document>, isFull: boolean): void {
    const all = { ops: new Set(author.known), version: this.reference.frontier(author.known) }
    const floor = isFull ? author.floor : all.ops.size > 0 ? all : undefined
    this.peers[to] = new GraphPeer(document, this.reference, author.known, floor)
    this.peer(to).verify()
    this.sessions = this.sessions.filter((session) => session.from !== to && session.to !== to)
  }

  private erase(index: number): void {
    const peer = this.peer(index)
    if (index === 0 || peer.known.size === 0) return
    this.calls.push(`erase(p${index})`)
    this.rescue(index)
    this.subject.erase(peer.document)
    peer.floor = { ops: new Set(peer.known), version: this.reference.frontier(peer.known) }
    peer.verify()
    this.sessions = this.sessions.filter(({ from, to }) => from !== index && to !== index)
  }

  private forge(step: GraphStep & { readonly do: 'forge' }): void {
    const { reference } = this
    const parents = reference.frontier(this.peer(step.on).known)
    const replica = replicaId(this.replicas++)
    const { bytes, patches, calls } = forge(this.subject, parents, replica, step.edits, step.emoji)
    const ops = new Set<number>()
    let counter = 1
    for (const patch of patches) {
      const index = reference.add({
        replica,
        counter,
        parents: ops.size === 0 ? parents : [{ replica, counter: counter - 1 }],
        patch,
      })
      ops.add(index)
      counter = reference.idOf(index).counter + 1
    }
    this.calls.push(...calls, `u${this.mails.length} = forged.encodeSince(${JSON.stringify(parents)})`)
    this.mails.push({ name: `u${this.mails.length}`, bytes, ops })
  }

  /** Gives the one with the whole history what only a peer may have. */
  private rescue(index: number): void {
    const { floor, document, known } = this.peer(index)
    const full = this.peer(0)
    if (index === 0) return
    const past = floor?.version ?? []
    this.calls.push(`p0.merge(p${index}.encodeSince(${JSON.stringify(past)}))`)
    const bytes = document.encodeSince(past)
    const ops = minus(known, this.reference.closure(past))
    const isMerged = full.receive(ops, () => full.document.merge(bytes))
    check(isMerged, 'the one with the whole history merges all')
  }

  private heal(): void {
    const { peers, reference } = this
    for (const index of peers.keys()) this.rescue(index)
    const full = this.peer(0)
    const snapshot = full.document.snapshot()
    for (const index of peers.keys()) {
      if (index > 0 && !this.sync(0, index, 'vector')) this.copy(0, index, true, false)
      const { document, known } = this.peer(index)
      checkSame([...minus(known, full.known)], [], 'ops that were lost')
      check(
        document.value === full.document.value,
        'all end with one text',
        document.value,
        full.document.value,
      )
      check(sameBytes(document.snapshot(), snapshot), 'all end with the same snapshot')
    }
    full.look(this.subject, reference.ops.length * 5, reference.ops.length * 3 + 1)
    check(!/\p{Surrogate}/u.test(full.document.value), 'no half of a pair is left', full.document.value)
  }
}
