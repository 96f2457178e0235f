import { isFlowSyncError } from '../errors.js'
import type { TextDelta } from '../text-delta.js'
import { applyTextDeltas } from '../text-delta.js'
import { check, checkSame, sameBytes } from './graph-check.js'
import type { Random } from './random.js'
import { replicaId } from './graph-subject.js'
import type { GraphDocument, GraphSubject } from './graph-subject.js'

/** Numbers at the edges of what formats can hold, as LEB128. */
const HUGE = [
  [0xff, 0xff, 0xff, 0xff, 0x07],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xfe, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
  [0x80, 0x00],
  [0xff, 0x7f],
  [0x80, 0x80, 0x40],
]

/** Bytes with some damage; `others` are such that parts may be taken from. */
export function damage(random: Random, bytes: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  let list = [...bytes]
  const times = random.chance(0.6) ? 1 : 1 + random.below(4)
  for (let time = 0; time < times; time++) {
    const at = random.below(list.length + 1)
    const length = random.below(random.chance(0.5) ? 4 : list.length + 1)
    switch (random.below(8)) {
      case 0:
        list = list.slice(0, at)
        break
      case 1:
        list = list.toSpliced(at, length)
        break
      case 2:
        list = list.with(at % Math.max(1, list.length), random.below(256))
        break
      case 3:
        list = list.with(at % Math.max(1, list.length), (list[at] ?? 0) ^ (1 << random.below(8)))
        break
      case 4:
        list = list.toSpliced(at, random.below(2), ...random.pick(HUGE))
        break
      case 5: {
        const other = [...random.pick(others)]
        list = [...list.slice(0, at), ...other.slice(random.below(other.length + 1))]
        break
      }
      case 6:
        list = list.toSpliced(at, 0, ...list.slice(at, at + length))
        break
      default:
        list = list.toSpliced(at, random.below(3), ...Array.from({ length }, () => random.below(256)))
    }
    if (list.length === 0) list = [random.below(256)]
  }
  return Uint8Array.from(list.map((byte) => byte & 0xff))
}

/** All ways to put a huge number in the place of a byte, for small inputs. */
export function* hugeClaims(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at++) {
    for (const huge of HUGE) yield Uint8Array.from([...bytes.slice(0, at), ...huge, ...bytes.slice(at + 1)])
  }
}

const UPDATE_ERRORS = [
  'update/invalid',
  'update/missing-parents',
  'update/needs-history',
  'update/out-of-order',
  'state/invalid',
]

function codeOf(error: unknown, allowed: readonly string[]): string {
  if (isFlowSyncError(error) && allowed.includes(error.code)) return error.code
  throw error
}

interface Outcome {
  readonly code: string | undefined
  readonly value: string
  readonly version: GraphDocument['version']
}

/**
 * Merges what may be damaged, and checks that a document either stays as it was or is as good as any.
 * @param merge into the document
 * @returns what became of it, which must be the same each time
 */
export function mergeHostile<Document extends GraphDocument>(
  subject: GraphSubject<Document>,
  document: Document,
  bytes: Uint8Array,
  merge: (bytes: Uint8Array) => readonly TextDelta[] = (update) => document.merge(update),
): Outcome {
  const { value: before, version, length } = document
  const saved = document.save()
  let deltas: readonly TextDelta[]
  try {
    deltas = merge(bytes)
  } catch (error) {
    const code = codeOf(error, UPDATE_ERRORS)
    check(document.value === before, 'refused bytes leave the text alone', before, document.value)
    checkSame(document.version, version, 'the version after refused bytes')
    check(sameBytes(document.save(), saved), 'refused bytes leave what is saved alone')
    return { code, value: before, version }
  }
  const { value } = document
  checkSame(applyTextDeltas(before, deltas), value, 'the text before with the deltas of hostile ops')
  check(document.length === value.length, 'the length is that of the text')
  check(
    value.length <= length + bytes.length,
    'text does not come from nothing',
    length,
    value.length,
    bytes.length,
  )
  check(
    document.save().length <= saved.length + 40 * bytes.length + 100,
    'what is saved does not come from nothing',
  )
  checkSound(subject, document)
  return { code: undefined, value, version: document.version }
}

/** A document that took in hostile ops works, and others take over what it has. */
function checkSound<Document extends GraphDocument>(
  subject: GraphSubject<Document>,
  document: Document,
): void {
  const { value, version } = document
  check(!/\p{Surrogate}/u.test(value), 'no half of a pair is left', value)
  const loaded = subject.load(document.save(), replicaId(7001))
  checkSame([loaded.value, loaded.version], [value, version], 'a document loaded after hostile ops')
  const copy = subject.load(document.snapshot(), replicaId(7002))
  checkSame([copy.value, copy.version], [value, version], 'a snapshot taken after hostile ops')
  checkSame(subject.textAt(document, version), value, 'the text of now after hostile ops')

  let all: Uint8Array
  try {
    all = document.encodeSince([])
  } catch (error) {
    codeOf(error, ['update/needs-history'])
    return
  }
  const reader = subject.create(replicaId(7003))
  reader.merge(all)
  checkSame([reader.value, reader.version], [value, version], 'a document that was sent hostile ops')
  const shown = subject.blame(document).reduce((sum, run) => sum + run.length, 0)
  check(shown === value.length, 'every unit has an author', shown, value.length)
  loaded.insert(loaded.length >> 1, 'x')
  document.merge(loaded.encodeSince(version))
  reader.merge(loaded.encodeSince(version))
  checkSame([document.value, reader.value], [loaded.value, loaded.value], 'texts after one more edit')
}

/**
 * Loads what may be damaged. A history is only read when it is needed, and may turn out then to be no good.
 * @returns what it came to, which must be the same each time
 */
export function loadHostile<Document extends GraphDocument>(
  subject: GraphSubject<Document>,
  bytes: Uint8Array,
  update: Uint8Array,
): Outcome | undefined {
  let document: Document
  try {
    document = subject.load(bytes, replicaId(7000))
  } catch (error) {
    codeOf(error, ['state/invalid'])
    return undefined
  }
  const { value, version } = document
  check(!/\p{Surrogate}/u.test(value), 'no half of a pair is loaded', value)
  check(value.length <= bytes.length, 'text does not come from nothing', value.length, bytes.length)
  let code: string | undefined
  try {
    document.insert(value.length >> 1, 'x')
    document.merge(update)
    subject.textAt(document, version)
    subject.blame(document)
    document.encodeSince([])
    document.save()
  } catch (error) {
    code = codeOf(error, UPDATE_ERRORS)
  }
  return { code, value: document.value, version: document.version }
}
