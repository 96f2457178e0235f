import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createRandom,
  generateSession,
  readTrace,
  type ConcurrentSession,
  type Random,
  type SequentialSession,
} from '@flowsync/testkit/sessions'
import type { Workload } from './benchmark.js'
import { toCodePoints } from './code-point-positions.js'
import { generateConcurrentSession } from './concurrent-session.js'
import { GapText } from './floor/gap-text.js'
import { memoryInUse } from './memory.js'
import type { ReplicaName } from './peer.js'

/** What a worker is told, as JSON. */
export interface WorkloadOptions {
  readonly seed: number
  /** Files of recordings; where one is missing, a session is generated. */
  readonly traces: { readonly sequential?: string; readonly concurrent?: string }
  /** Length of generated sessions. */
  readonly generatedEdits: number
  /** Where bytes are kept that several benchmarks of a peer use. */
  readonly cacheDirectory: string
}

/**
 * The work of one benchmark for one peer.
 * @param most how many edits or operations the peer is limited to, if it is
 */
export function createWorkload(
  options: WorkloadOptions,
  peer: string,
  benchmark: string,
  most = Number.POSITIVE_INFINITY,
): Workload {
  const { seed, traces, generatedEdits, cacheDirectory } = options
  // Not the peer's: all get the same places and letters.
  const random = createRandom(`bench/${seed}/${benchmark}`)
  const names: ReplicaName[] = []
  // Nor the benchmark's: bytes that are kept name their replicas.
  const chance = createRandom(`bench/${seed}/replicas`)
  const limit = (count: number) => Math.min(count, most)

  return {
    random,
    limit,
    memory: memoryInUse,
    name(index) {
      while (names.length <= index) names.push(replicaName(chance))
      return names[index] ?? replicaName(chance)
    },
    async sequential(positions) {
      const session = await openSequential(traces.sequential, generatedEdits, seed)
      const edits = session.edits.slice(0, limit(session.edits.length))
      const isWhole = edits.length === session.edits.length
      const text = isWhole ? session.endContent : applied({ edits })
      return { text, edits: positions === 'code-points' ? toCodePoints(edits) : edits }
    },
    async concurrent() {
      const session = await openConcurrent(traces.concurrent, generatedEdits, seed)
      return { ...session, steps: session.steps.slice(0, limit(session.steps.length)) }
    },
    async keep(key, make) {
      const file = join(cacheDirectory, `${peer}-${key}.bin`)
      if (!existsSync(file)) {
        mkdirSync(cacheDirectory, { recursive: true })
        writeFileSync(file, await make())
      }
      // Not the shared buffer of `fs`: a library may keep a view of what it is given.
      return Uint8Array.from(readFileSync(file))
    },
  }
}

/** The bits of a replica, from a seeded source: no two of a run are the same, and every run has the same ones. */
export function replicaName(random: Random): ReplicaName {
  const hex = Buffer.from(random.bytes(16)).toString('hex')
  return { hex, number: random.between(0x1_0000, 0xffff_ffff) }
}

/** The text that a session's edits give. */
function applied({ edits }: Pick<SequentialSession, 'edits'>): string {
  const text = new GapText()
  for (const { position, deleteCount, insert } of edits) text.splice(position, deleteCount, insert)
  return text.toString()
}

async function openSequential(
  file: string | undefined,
  count: number,
  seed: number,
): Promise<SequentialSession> {
  if (file === undefined) return generateSession(count, seed)
  const session = await readTrace(file)
  if (session.kind !== 'sequential') throw new Error(`${file} is not a session of one person`)
  return session
}

async function openConcurrent(
  file: string | undefined,
  count: number,
  seed: number,
): Promise<ConcurrentSession> {
  if (file === undefined) return generateConcurrentSession(createRandom(`bench/${seed}/concurrent`), count)
  const session = await readTrace(file)
  if (session.kind !== 'concurrent') throw new Error(`${file} is not a session of two people`)
  return session
}
