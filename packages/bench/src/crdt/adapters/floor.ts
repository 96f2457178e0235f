import type { SessionEdit } from '@flowsync/testkit/sessions'
import { EditLog } from '../floor/edit-log.js'
import { GapText } from '../floor/gap-text.js'
import { VarintReader, VarintWriter } from '../floor/varints.js'
import type { CounterPeer, Exchange, ListPeer, MapPeer, Peer, TextPeer } from '../peer.js'

/** A text that merges nothing: a gap buffer, and a log of what was done to it. */
interface Text {
  readonly units: GapText
  /** The log as it was saved, not decoded: nothing here needs to. */
  readonly archive: Uint8Array
  readonly log: EditLog
  last: SessionEdit | undefined
}

const NOTHING = new Uint8Array()
const NOT_MERGING = 'merges nothing'

function refuse(): never {
  throw new Error(NOT_MERGING)
}

function editText(text: Text, edit: SessionEdit): void {
  text.units.splice(edit.position, edit.deleteCount, edit.insert)
  text.log.add(edit)
  text.last = edit
}

const text: TextPeer<Text> = {
  create: () => ({ units: new GapText(), archive: NOTHING, log: new EditLog(), last: undefined }),
  edit: editText,
  text: ({ units }) => units.toString(),
  // Each update says how far it is from where the one before ended.
  sender(document) {
    const writer = new VarintWriter()
    let caret = 0
    return {
      take() {
        const { position, deleteCount, insert } = document.last ?? refuse()
        writer.signed(2 * (position - caret) + (deleteCount > 0 ? 1 : 0))
        if (deleteCount > 0) writer.number(deleteCount)
        writer.rest(insert)
        caret = position + insert.length
        return writer.take()
      },
    }
  },
  receiver(document) {
    let caret = 0
    return (update) => {
      const reader = new VarintReader(update)
      const step = reader.signed()
      const position = caret + Math.floor(step / 2)
      const deleteCount = step % 2 === 0 ? 0 : reader.number()
      const insert = reader.rest()
      caret = position + insert.length
      editText(document, { position, deleteCount, insert })
    }
  },
  save({ units, archive, log }) {
    const writer = new VarintWriter()
    writer.text(units.toString())
    writer.raw(archive)
    log.encode(writer)
    return writer.take()
  },
  load(bytes) {
    const reader = new VarintReader(bytes)
    const units = new GapText(reader.text())
    return { units, archive: reader.left(), log: new EditLog(), last: undefined }
  },
  joiner({ units }) {
    const writer = new VarintWriter()
    writer.text(units.toString())
    return writer.take()
  },
  mark: refuse,
  since: refuse,
  merge: refuse,
  whole: refuse,
  readWhole: refuse,
}

/** A plain map; an update is the last key and its value. */
interface PlainMap {
  readonly values: Map<string, number>
  last: string
}

function plain<Doc>(create: () => Doc): Pick<Exchange<Doc>, 'create' | 'load' | 'save'> {
  return { create, save: refuse, load: refuse }
}

const map: MapPeer<PlainMap> = {
  ...plain<PlainMap>(() => ({ values: new Map(), last: '' })),
  set(document, key, value) {
    document.values.set(key, value)
    document.last = key
  },
  get: ({ values }, key) => values.get(key),
  size: ({ values }) => values.size,
  sender(document) {
    const writer = new VarintWriter()
    return {
      take() {
        writer.text(document.last)
        writer.number(document.values.get(document.last) ?? 0)
        return writer.take()
      },
    }
  },
  receiver:
    ({ values }) =>
    (update) => {
      const reader = new VarintReader(update)
      values.set(reader.text(), reader.number())
    },
  save({ values }) {
    const writer = new VarintWriter()
    writer.number(values.size)
    for (const key of values.keys()) writer.text(key)
    for (const value of values.values()) writer.number(value)
    return writer.take()
  },
  load(bytes) {
    const reader = new VarintReader(bytes)
    const keys = Array.from({ length: reader.number() }, () => reader.text())
    return { values: new Map(keys.map((key) => [key, reader.number()])), last: '' }
  },
}

/** A plain array; an update is the last index and its value. */
interface PlainList {
  readonly values: number[]
  last: number
}

function insertValue(document: PlainList, index: number, value: number): void {
  document.values.splice(index, 0, value)
  document.last = index
}

const list: ListPeer<PlainList> = {
  ...plain<PlainList>(() => ({ values: [], last: 0 })),
  push: (document, value) => insertValue(document, document.values.length, value),
  insert: insertValue,
  values: ({ values }) => values,
  sender(document) {
    const writer = new VarintWriter()
    return {
      take() {
        writer.number(document.last)
        writer.number(document.values[document.last] ?? 0)
        return writer.take()
      },
    }
  },
  receiver: (document) => (update) => {
    const reader = new VarintReader(update)
    insertValue(document, reader.number(), reader.number())
  },
}

const counter: CounterPeer<{ value: number; readonly log: number[] }> = {
  create: () => ({ value: 0, log: [] }),
  increment(document) {
    document.log.push(1)
    document.value++
  },
  value: ({ value }) => value,
}

/** What the work costs at the least, without any merging. */
export const peer: Peer = {
  text,
  map,
  list,
  counter,
  lacks: {
    'concurrent-live': NOT_MERGING,
    'concurrent-graph': NOT_MERGING,
    'merge-bursty-10k': NOT_MERGING,
    'merge-bursty-50k': NOT_MERGING,
    'merge-random-50k': NOT_MERGING,
  },
}
