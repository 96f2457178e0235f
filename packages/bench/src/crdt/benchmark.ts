import type { ConcurrentSession, Random, SessionEdit } from '@flowsync/testkit/sessions'
import type { Figures } from '../report/outcome.js'
import type { Peer, ReplicaName } from './peer.js'

/** A benchmark made ready for one peer. */
export interface Probe {
  /** How many edits or operations a run has, when it has any. */
  readonly edits?: number
  /**
   * One run. It times only what the benchmark is about, and looks at the result outside of that time.
   * @throws Error when the result is wrong
   */
  run(): Figures
}

/** What a benchmark works on. All chance in it is seeded, so that every peer gets the same. */
export interface Workload {
  readonly random: Random
  /** A name that no other replica has. */
  readonly name: (index: number) => ReplicaName
  /** `count`, or less when the peer is limited to less in this benchmark. */
  readonly limit: (count: number) => number
  /** The recorded session of one person, as much of it as the peer is given. */
  readonly sequential: (
    positions?: 'code-points',
  ) => Promise<{ readonly edits: readonly SessionEdit[]; readonly text: string }>
  /** The recorded session of two people. */
  readonly concurrent: () => Promise<ConcurrentSession>
  /** Bytes in use after garbage collection, WebAssembly counted. */
  readonly memory: () => number
  /** Bytes that are made once for all benchmarks of a peer. */
  readonly keep: (key: string, make: () => Uint8Array | Promise<Uint8Array>) => Promise<Uint8Array>
}

/** The kinds of documents that a peer may have. */
type Kind = 'text' | 'map' | 'list' | 'counter'

/** One thing to do, the same for every peer that has documents of that kind. */
export interface Benchmark<Of extends Kind = Kind> {
  readonly name: string
  readonly of: Of
  /** The kind of recording it plays, if any. */
  readonly session?: 'sequential' | 'concurrent'
  /** Whether first runs are measured in several new processes, since they are what the benchmark is about. */
  readonly processes?: 'one' | 'many'
  /** Keeps what it makes ready, so that a process that finds it has run none of the code that it is about to measure. */
  readonly preparesAhead?: boolean
  /** Memory is measured in new processes only: what an earlier run left behind would count. */
  readonly measures?: 'memory'
  /** What it takes is the same in each run: it runs once. */
  readonly isExact?: boolean
  /** Makes ready, untimed. */
  prepare(peer: NonNullable<Peer[Of]>, workload: Workload): Probe | Promise<Probe>
}

/** Milliseconds that `work` takes. */
export function timed(work: () => void): number {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}

/** @throws Error when two texts are not the same, saying where they part */
export function expectText(actual: string, expected: string): void {
  if (actual === expected) return
  let place = 0
  while (place < actual.length && actual[place] === expected[place]) place++
  throw new Error(`wrong text: ${actual.length} units instead of ${expected.length}, other from ${place} on`)
}

/** @throws Error when two figures or values that must agree do not */
export function expectSame(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`wrong ${what}: ${String(actual)} instead of ${String(expected)}`)
}

/**
 * Holds the documents of the last run. While one lives, the engine keeps the hidden classes and the code it has made
 * for its kind, as in an application; the one before is given back.
 */
export class Alive<Doc> {
  private readonly free: ((doc: Doc) => void) | undefined
  private docs: readonly Doc[] = []

  constructor(owner: { free?(doc: Doc): void }) {
    this.free = owner.free ? (doc) => owner.free?.(doc) : undefined
  }

  keep(...docs: Doc[]): void {
    for (const doc of this.docs) this.free?.(doc)
    this.docs = docs
  }
}

export function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
