import type { Random } from './random.js'

/** Where an edit goes: a place in the text, on at the caret, or what stands before the caret. */
type Place = number | 'caret' | 'behind'

/** One edit; `stay` leaves the caret before what was inserted, as typing backwards does. */
export interface EditStep {
  readonly do: 'edit'
  readonly peer: number
  readonly at: Place
  readonly remove: number
  readonly insert: string
  readonly stay: boolean
}

/** Something that happens in a session. Numbers name peers, mail and moments by their remainder. */
export type GraphStep =
  | EditStep
  /** One peer gives another one all that it has and the other one has not, by its version or its vector. */
  | { readonly do: 'sync'; readonly from: number; readonly to: number; readonly by: 'version' | 'vector' }
  /** An update from some earlier moment of its author on, to be delivered later, or twice, or never. */
  | { readonly do: 'send'; readonly from: number; readonly since: number }
  | { readonly do: 'deliver'; readonly mail: number; readonly to: number }
  /** Two peers begin a session, from one to the other; `flush` sends what is new in all of one's sessions. */
  | { readonly do: 'open'; readonly from: number; readonly to: number }
  | { readonly do: 'flush'; readonly from: number }
  | { readonly do: 'restart'; readonly peer: number; readonly full: boolean; readonly keep: boolean }
  /** A peer continues from what another one has, under a new name, and forgets its own. */
  | { readonly do: 'copy'; readonly from: number; readonly to: number; readonly full: boolean }
  | { readonly do: 'erase'; readonly peer: number }
  | { readonly do: 'look'; readonly peer: number; readonly a: number; readonly b: number }
  /** Somebody makes ops that do not fit what they claim to be made on. */
  | {
      readonly do: 'forge'
      readonly on: number
      readonly edits: readonly EditStep[]
      readonly emoji: boolean
    }

export interface GraphScript {
  readonly peers: number
  readonly steps: readonly GraphStep[]
}

const PIECES = ['a', 'b', 'c', 'xyz', ' ', '\n', 'é', '😀', '👩‍👩‍👧', '\uFEFF', '漢字', 'e\u0301', '𝒳𝒴', 'hello ']

/** How likely each kind of step is. The first is typing; the caret is left alone with the last one. */
interface Mood {
  readonly edit: number
  readonly sync: number
  readonly mail: number
  readonly session: number
  readonly restart: number
  readonly forge: number
  readonly look: number
  /** The chance that an edit goes to a new place; else it goes on at the caret. */
  readonly move: number
  readonly remove: number
  /** All edits elsewhere begin within so many units of the start. */
  readonly width: number
}

const CHATTY = { edit: 50, sync: 30, mail: 10, session: 10, restart: 2, forge: 1, look: 5 }
const MOODS: readonly Mood[] = [
  { ...CHATTY, move: 0.3, remove: 0.25, width: 1000 },
  // Long branches, then merges of merges.
  { ...CHATTY, edit: 300, move: 0.15, remove: 0.2, width: 1000 },
  // Everything in one place, and nothing else to hold on to.
  { ...CHATTY, edit: 40, move: 0.6, remove: 0.05, width: 1 },
  { ...CHATTY, edit: 40, move: 0.5, remove: 0.3, width: 4 },
  // One letter each in turn, seen by some at once and by others late.
  { ...CHATTY, edit: 40, sync: 40, move: 0.05, remove: 0, width: 2 },
  // Criss-cross: what is sent is old, comes late, twice or in another order.
  { ...CHATTY, sync: 5, mail: 60, session: 0, move: 0.3, remove: 0.2, width: 40 },
  { ...CHATTY, sync: 5, mail: 5, session: 60, move: 0.2, remove: 0.2, width: 1000 },
  { ...CHATTY, restart: 25, move: 0.3, remove: 0.3, width: 60 },
  { ...CHATTY, forge: 20, move: 0.3, remove: 0.4, width: 30 },
  { ...CHATTY, move: 0.5, remove: 0.7, width: 1000 },
]

/** Makes up a session. */
export function makeScript(random: Random, minSteps: number, moreSteps: number): GraphScript {
  const peers = random.chance(0.5) ? 2 + random.below(2) : 2 + random.below(19)
  const mood = random.pick(MOODS)
  const steps: GraphStep[] = []
  const length = minSteps + random.below(moreSteps)
  while (steps.length < length) steps.push(...moreOf(random, mood, peers))
  return { peers, steps }
}

function moreOf(random: Random, mood: Mood, peers: number): readonly GraphStep[] {
  const { edit, sync, mail, session, restart, forge, look } = mood
  const peer = random.below(peers)
  const other = (peer + 1 + random.below(peers - 1)) % peers
  let kind = random.below(edit + sync + mail + session + restart + forge + look)
  const isNext = (weight: number) => (kind -= weight) < 0
  if (isNext(edit)) return burst(random, mood, peer)
  if (isNext(sync)) {
    const by = random.chance(0.5) ? 'version' : 'vector'
    const there: GraphStep = { do: 'sync', from: peer, to: other, by }
    return random.chance(0.3) ? [there, { do: 'sync', from: other, to: peer, by }] : [there]
  }
  if (isNext(mail)) {
    if (random.chance(0.5)) return [{ do: 'send', from: peer, since: random.below(1000) }]
    return [{ do: 'deliver', mail: random.below(1000), to: peer }]
  }
  if (isNext(session)) {
    if (random.chance(0.15)) return [{ do: 'open', from: peer, to: other }]
    return [{ do: 'flush', from: peer }]
  }
  if (isNext(restart)) return [restartOf(random, peer, other)]
  if (isNext(forge)) {
    const edits = [editOf(random, mood, 0, random.chance(0.6))]
    return [
      { do: 'forge', on: peer, edits, emoji: random.chance(0.3) },
      { do: 'deliver', mail: -1, to: peer },
    ]
  }
  return [{ do: 'look', peer, a: random.below(10_000), b: random.below(10_000) }]
}

function restartOf(random: Random, peer: number, other: number): GraphStep {
  const kind = random.below(10)
  const full = random.chance(0.5)
  if (kind < 6) return { do: 'restart', peer, full, keep: random.chance(0.3) }
  if (kind < 9) return { do: 'copy', from: peer, to: other, full }
  return { do: 'erase', peer }
}

function burst(random: Random, mood: Mood, peer: number): readonly EditStep[] {
  const length = random.chance(0.4) ? 1 : 1 + random.below(8)
  const stay = random.chance(0.25)
  const behind = random.chance(0.15)
  return Array.from({ length }, (_, index): EditStep => {
    const isNew = index === 0 && random.chance(mood.move)
    if (behind && !isNew) return { do: 'edit', peer, at: 'behind', remove: 1, insert: '', stay: false }
    return { ...editOf(random, mood, peer, isNew), stay }
  })
}

function editOf(random: Random, mood: Mood, peer: number, isNew: boolean): EditStep {
  const at = isNew ? random.below(mood.width) : 'caret'
  const removes = random.chance(mood.remove)
  const isLarge = random.chance(0.03)
  const remove = removes ? random.below(isLarge ? 400 : 6) : 0
  const paste = random.chance(0.01) ? random.pick(PIECES).repeat(1 + random.below(300)) : random.pick(PIECES)
  return {
    do: 'edit',
    peer,
    at,
    remove,
    insert: removes && random.chance(0.7) ? '' : paste,
    stay: random.chance(0.3),
  }
}

/** Makes up a session of few, long edits: large pastes, and deletions that reach over many runs. */
export function makeLargeScript(random: Random): GraphScript {
  const peers = 2 + random.below(3)
  const steps: GraphStep[] = []
  for (let index = 0; index < 30; index++) {
    const peer = random.below(peers)
    const at = random.chance(0.2) ? 'caret' : random.below(20_000)
    const large = random.pick(PIECES).repeat(random.below(3000))
    const [remove, insert] = random.pick([
      [0, large],
      [random.below(2000), ''],
      [random.below(8000), random.pick(PIECES)],
      [0, random.pick(PIECES)],
    ] as const)
    steps.push({ do: 'edit', peer, at, remove, insert, stay: random.chance(0.3) })
    if (random.chance(0.3)) steps.push({ do: 'sync', from: peer, to: random.below(peers), by: 'vector' })
    if (random.chance(0.1))
      steps.push({ do: 'restart', peer, full: random.chance(0.5), keep: random.chance(0.5) })
  }
  return { peers, steps }
}
