import type { OpId, ReplicaId } from '../op.js'
import { Chain } from './chain.js'
import { Column } from './column.js'
import type { Past } from './past.js'
import { VersionColumn } from './version.js'
import type { LocalVersion, Version } from './version.js'

/** An op's name, place and parents, as they travel. */
export interface OpHead extends OpId {
  readonly base: number
  readonly extra: readonly OpId[]
  /** The op's place, or undefined while it is known to this client alone. */
  readonly seq: number | undefined
}

const UNPLACED = -1
const NONE: Version = Object.freeze([])

/**
 * The event graph: which ops there are, and what each one's author knew. It holds nothing of what they do.
 *
 * An op's parents travel in the short form of the hub's dense order (`base`, own chain, `extra`) and
 * are kept in the general form: the newest ops of the version it was made at. An op that has its place
 * never has an unplaced one in its past, whatever it claims: other replicas could not see it there.
 */
export class History {
  /** The seq that the state began with. Nothing is known of the ops up to there but their result. */
  readonly floor: number
  private readonly chains: Chain[] = []
  private readonly authorOf = new Map<ReplicaId, number>()
  private readonly authors = new Column('int32')
  private readonly counters = new Column('safe')
  private readonly seqs = new Column('safe')
  private readonly parents = new VersionColumn()
  /** At index n, all ops with a seq up to floor + n. */
  private readonly prefixes = new VersionColumn()
  private readonly unplaced = new Map<LocalVersion, Past>()
  private heads: Version = NONE

  constructor(floor: number) {
    this.floor = floor
    this.prefixes.push(NONE)
  }

  /** How many ops it holds; also the local version of the next one. */
  get length(): number {
    return this.seqs.length
  }

  /** Reads an op's past. Total: what it names and this history does not hold is left out. */
  pastOf(op: OpHead): Past {
    const isPlaced = op.seq !== undefined
    const author = this.authorNumber(op.replica)
    const base = Math.min(op.base, this.floor + this.prefixes.length - 1)
    const extras: LocalVersion[] = []
    for (const { replica, counter } of op.extra) {
      const other = this.authorOf.get(replica)
      if (other === undefined || other === author) continue
      const version = this.lastOf(other, counter + 1, isPlaced)
      if (version === undefined || this.isUpTo(base, version) || extras.includes(version)) continue
      extras.push(version)
    }
    return { author, counter: op.counter, base, extras, isPlaced }
  }

  private authorNumber(replica: ReplicaId): number {
    const known = this.authorOf.get(replica)
    if (known !== undefined) return known
    this.authorOf.set(replica, this.chains.length)
    return this.chains.push(new Chain(replica, this.counters)) - 1
  }

  private chainOf(author: number): Chain {
    return this.chains[author] as Chain
  }

  /** An author's newest op with a counter below the given one. */
  private lastOf(author: number, belowCounter: number, placedOnly: boolean): LocalVersion | undefined {
    const chain = this.chainOf(author)
    let index = chain.countBelow(belowCounter)
    while (placedOnly && index > 0 && !this.isPlaced(chain.at(index - 1))) index--
    return index === 0 ? undefined : chain.at(index - 1)
  }

  private isPlaced(version: LocalVersion): boolean {
    return this.seqs.at(version) !== UNPLACED
  }

  private isUpTo(base: number, version: LocalVersion): boolean {
    return this.isPlaced(version) && this.seqs.at(version) <= base
  }

  /** True when an author with this past knew the op. */
  isKnown(past: Past, version: LocalVersion): boolean {
    if (this.isUpTo(past.base, version)) return true
    const author = this.authors.at(version)
    const counter = this.counters.at(version)
    if (author === past.author) return counter < past.counter
    for (const extra of past.extras) {
      if (this.authors.at(extra) === author && counter <= this.counters.at(extra)) return true
    }
    return false
  }

  /** True when an author with this past knew all ops of a version. */
  isVersionKnown(past: Past, version: Version): boolean {
    for (const one of version) if (!this.isKnown(past, one)) return false
    return true
  }

  /** True when an author with this past knew every op there is. */
  isEverythingKnown(past: Past): boolean {
    return this.isVersionKnown(past, this.heads)
  }

  /** Adds an op after all others. Its past must be read from this history as it is now. */
  append(past: Past, seq: number | undefined): LocalVersion {
    const version = this.length
    this.parents.push(this.parentsFor(past))
    this.authors.push(past.author)
    this.counters.push(past.counter)
    this.seqs.push(seq ?? UNPLACED)
    this.heads = this.extended(this.heads, past, version)
    this.chainOf(past.author).add(version, past)
    if (seq === undefined) this.unplaced.set(version, past)
    else this.place(version, past, seq)
    return version
  }

  /** The newest ops that an author with this past knew. */
  private parentsFor(past: Past): Version {
    const prefix = this.prefixes.at(Math.max(0, past.base - this.floor))
    const own = this.lastOf(past.author, past.counter, past.isPlaced)
    if (own === undefined || this.isUpTo(past.base, own)) {
      return past.extras.length === 0 ? prefix : [...prefix, ...past.extras]
    }
    // What the author knew at its former op needs no mention.
    const former = this.chainOf(past.author).pastOf(own)
    const isNews = (version: LocalVersion) => !former || !this.isKnown(former, version)
    return [own, ...prefix.filter(isNews), ...past.extras.filter(isNews)]
  }

  /** The version made of another one and an op with its past. */
  private extended(version: Version, past: Past, added: LocalVersion): Version {
    if (this.isVersionKnown(past, version)) return [added]
    return [...version.filter((one) => !this.isKnown(past, one)), added]
  }

  private place(version: LocalVersion, past: Past, seq: number): void {
    const { prefixes } = this
    const index = seq - this.floor
    // Seqs between belong to ops that the rule could not read: they did nothing, here as everywhere.
    while (prefixes.length < index) prefixes.push(prefixes.at(prefixes.length - 1))
    if (prefixes.length === index) prefixes.push(this.extended(prefixes.at(index - 1), past, version))
  }

  /** Gives an unplaced op its seq. */
  settle({ replica, counter }: OpId, seq: number): void {
    const author = this.authorOf.get(replica)
    const version = author === undefined ? undefined : this.lastOf(author, counter + 1, false)
    const past = version === undefined ? undefined : this.unplaced.get(version)
    if (version === undefined || past?.counter !== counter) return
    this.unplaced.delete(version)
    this.seqs.set(version, seq)
    this.place(version, past, seq)
  }

  /** The newest ops of the version that an op was made at. */
  parentsOf(version: LocalVersion): Version {
    return this.parents.at(version)
  }

  /** Orders ops by their ids, in the same way on every replica. Negative when `a` comes first. */
  compareIds(a: LocalVersion, b: LocalVersion): number {
    const authorA = this.authors.at(a)
    const authorB = this.authors.at(b)
    if (authorA === authorB) return this.counters.at(a) - this.counters.at(b)
    return this.chainOf(authorA).replica < this.chainOf(authorB).replica ? -1 : 1
  }
}
