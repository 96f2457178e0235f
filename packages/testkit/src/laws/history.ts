import fc from 'fast-check'
import { mutate, mutations } from './mutation.js'
import type { Mutation } from './mutation.js'
import type { AnyLawsSpec } from './spec.js'
import { World } from './world.js'

/** What happens to a stream, one event after the other. Indices are taken modulo what there is. */
type Event =
  | { readonly kind: 'edit'; readonly client: number; readonly seed: unknown; readonly nowMs: number }
  | { readonly kind: 'send'; readonly browser: number; readonly choice: number; readonly count: number }
  | { readonly kind: 'pull'; readonly client: number; readonly count: number }
  | { readonly kind: 'disturb'; readonly client: number; readonly past: number; readonly ahead: number }
  | { readonly kind: 'share'; readonly client: number; readonly count: number }
  | { readonly kind: 'restart'; readonly client: number; readonly age: number }
  | { readonly kind: 'join'; readonly browser: number; readonly at: number }
  | {
      readonly kind: 'forge'
      readonly count: number
      readonly base: number
      readonly known: number | undefined
      /** Bytes of its own, or those of a logged op, damaged. */
      readonly body: Uint8Array | { readonly of: number; readonly changes: readonly Mutation[] }
    }

export interface History {
  /** Tabs of each browser. */
  readonly tabs: readonly number[]
  readonly events: readonly Event[]
}

const YEAR_MS = 365.25 * 24 * 3_600_000
const NOW_MS = 1_760_000_000_000
const index = fc.nat(1_000)
const few = fc.integer({ min: 1, max: 6 })

/** Clocks that run, jump and are ten years wrong. */
export const clocks: fc.Arbitrary<number> = fc.oneof(
  { weight: 4, arbitrary: fc.nat(5_000).map((ms) => NOW_MS + ms) },
  { weight: 1, arbitrary: fc.constantFrom(NOW_MS + 10 * YEAR_MS, NOW_MS - 10 * YEAR_MS, 0, NOW_MS + 0.25) },
)

function events(seeds: fc.Arbitrary<unknown>): fc.Arbitrary<Event>[] {
  const edit = fc.record({ kind: fc.constant('edit' as const), client: index, seed: seeds, nowMs: clocks })
  const pull = fc.record({
    kind: fc.constant('pull' as const),
    client: index,
    count: fc.integer({ min: 1, max: 20 }),
  })
  return [
    edit,
    edit,
    edit,
    pull,
    fc.record({ kind: fc.constant('send' as const), browser: index, choice: index, count: few }),
    fc.record({ kind: fc.constant('disturb' as const), client: index, past: index, ahead: fc.nat(3) }),
    fc.record({ kind: fc.constant('share' as const), client: index, count: few }),
    fc.record({ kind: fc.constant('restart' as const), client: index, age: index }),
    fc.record({ kind: fc.constant('join' as const), browser: index, at: index }),
  ]
}

const forgery: fc.Arbitrary<Event> = fc.record({
  kind: fc.constant('forge' as const),
  count: fc.integer({ min: 1, max: 3 }),
  base: index,
  known: fc.option(index, { nil: undefined }),
  body: fc.oneof(
    fc.uint8Array({ maxLength: 24 }),
    fc.record({ of: index, changes: mutations }),
    fc.record({ of: index, changes: fc.constant([]) }),
  ),
})

/** Histories of well-behaved clients, or with forged ops in between. */
export function histories(spec: AnyLawsSpec, options: { readonly forged: boolean }): fc.Arbitrary<History> {
  const some = events(spec.seeds)
  return fc.record({
    tabs: fc.constantFrom([1, 1], [2, 1], [1, 1, 1], [3], [2, 2, 1]),
    events: fc.array(fc.oneof(...some, ...(options.forged ? [forgery, forgery] : [])), {
      maxLength: 60,
      size: 'max',
    }),
  })
}

/** Plays a history; what is pending at its end stays so. */
export function play(spec: AnyLawsSpec, history: History): World {
  const world = new World(spec, history.tabs)
  for (const event of history.events) happen(world, event)
  return world
}

function happen(world: World, event: Event): void {
  switch (event.kind) {
    case 'edit':
      return world.edit(event.client, event.seed, event.nowMs)
    case 'send':
      return world.send(event.browser, event.choice, event.count)
    case 'pull':
      return world.pull(event.client, event.count)
    case 'disturb':
      return world.disturb(event.client, event.past, event.ahead)
    case 'share':
      return world.share(event.client, event.count)
    case 'restart':
      return world.restart(event.client, event.age)
    case 'join':
      return world.join(event.browser, event.at)
    case 'forge':
      return world.hub.forge({ ...event, body: forgedBody(world, event.body) })
  }
}

function forgedBody(world: World, body: Extract<Event, { kind: 'forge' }>['body']): Uint8Array {
  if (body instanceof Uint8Array) return body
  const model = world.hub.ops[body.of % Math.max(1, world.hub.head)]
  return mutate(model?.body ?? new Uint8Array(), body.changes)
}
