import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../simulator/random.js'
import { CompactionWorld, STREAMS, type CompactedStream } from './compaction-world.js'

type Step =
  | {
      readonly kind: 'edit'
      readonly device: number
      readonly stream: CompactedStream
      readonly seed: string
    }
  | { readonly kind: 'sync'; readonly device: number }
  /** At or through this part of the log. */
  | { readonly kind: 'snapshot' | 'compact'; readonly stream: CompactedStream; readonly part: number }
  | { readonly kind: 'truncate'; readonly stream: CompactedStream }

const DEVICES = 3
/** More of them by hand: `FLOWSYNC_FUZZ_SEEDS=500 vitest run --project unit compaction.prop`. */
const runs = Number(process.env['FLOWSYNC_FUZZ_SEEDS'] ?? 25)

/** Devices edit for a while before they sync, one of them rarely: it comes back from far below the floor. */
function drawSteps(seed: number, truncates: boolean): Step[] {
  const random = createRandom(seed)
  return Array.from({ length: 150 }, (_, index): Step => {
    const stream = random.pick(STREAMS)
    const device = random.int(DEVICES)
    const dice = random.next()
    if (dice < 0.6) return { kind: 'edit', device, stream, seed: `${seed}.${index}` }
    if (dice < 0.78) return { kind: 'sync', device: random.chance(0.05) ? 0 : random.between(1, DEVICES - 1) }
    if (truncates && dice > 0.97) return { kind: 'truncate', stream }
    return { kind: dice < 0.9 ? 'snapshot' : 'compact', stream, part: random.chance(0.5) ? 1 : random.next() }
  })
}

async function run(steps: readonly Step[], isCompacted: boolean): Promise<CompactionWorld> {
  const world = await CompactionWorld.start()
  for (let device = 0; device < DEVICES; device++) world.addDevice()
  await world.syncAll()
  for (const step of steps) await take(world, step, isCompacted)
  await world.syncAll()
  return world
}

async function take(world: CompactionWorld, step: Step, isCompacted: boolean): Promise<void> {
  if (step.kind === 'edit') return world.edit(step.device, step.stream, step.seed)
  if (step.kind === 'sync') return world.sync(step.device)
  if (!isCompacted) return
  if (step.kind === 'truncate') return world.truncate(step.stream)
  const head = await world.head(step.stream)
  const seq = Math.floor((head?.headSeq ?? 0) * step.part)
  if (step.kind === 'snapshot') await world.snapshot(step.stream, seq)
  else await world.compact(step.stream, seq)
}

describe('compaction', () => {
  it('never changes what anybody sees: the same logs, states and values as without it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const steps = drawSteps(seed, false)
        const [compacted, twin] = [await run(steps, true), await run(steps, false)]
        for (const stream of STREAMS) {
          expect(await compacted.log(stream), stream).toEqual(await twin.log(stream))
          expect(await compacted.state(stream), stream).toEqual(await twin.state(stream))
          for (let device = 0; device < DEVICES; device++) {
            const value = compacted.handle(device, stream).value
            expect(value, `${stream} of device ${device}`).toEqual(twin.handle(device, stream).value)
            expect(value).toEqual(compacted.handle(0, stream).value)
          }
        }
        await compacted.close()
        await twin.close()
      }),
      { numRuns: runs },
    )
  }, 120_000)

  it('and truncation lose, repeat and bring back nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const steps = drawSteps(seed, true)
        const world = await run(steps, true)
        for (const stream of STREAMS) {
          const [value, ...others] = Array.from(
            { length: DEVICES },
            (_, device) => world.handle(device, stream).value,
          )
          for (const other of others) expect(other, stream).toEqual(value)
          await expectDense(world, stream)
        }
        const edits = steps.filter((step) => step.kind === 'edit')
        const appended = edits.filter(({ stream }) => stream === 'log:a').map(({ seed: each }) => `<${each}>`)
        expect([...(world.handle(0, 'log:a').value as readonly string[])].sort()).toEqual(appended.sort())
        const amounts = edits
          .filter(({ stream }) => stream === 'counter:a')
          .map(({ seed: each }) => createRandom(each).between(1, 9))
        expect(world.handle(0, 'counter:a').value).toBe(amounts.reduce((sum, amount) => sum + amount, 0))
        for (const marker of world.handle(0, 'set:a').value as ReadonlySet<string>) {
          expect(edits.some(({ seed: each }) => marker === `<${each}>`)).toBe(true)
        }
        await world.close()
      }),
      { numRuns: runs },
    )
  }, 120_000)
})

/** Seqs and, per replica, counters follow one another, across what was erased too. */
async function expectDense(world: CompactionWorld, stream: CompactedStream): Promise<void> {
  const head = await world.head(stream)
  if (!head) return
  const replicas = await world.storage.replicasOf(head, { limit: 1_000 })
  const next = new Map(replicas.map(({ replica, truncatedCounter }) => [replica, truncatedCounter]))
  const ops = await world.log(stream)
  expect(ops.map(({ seq }) => seq)).toEqual(ops.map((_op, index) => head.truncatedSeq + 1 + index))
  for (const { replica, counter, count } of ops) {
    expect(counter, `${stream} ${replica}`).toBe(next.get(replica))
    next.set(replica, counter + count)
  }
  expect(replicas.map(({ replica }) => next.get(replica))).toEqual(
    replicas.map(({ nextCounter }) => nextCounter),
  )
}
