import { readFileSync } from 'node:fs'
import { Fold } from '@flowsync/crdt'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../codec/hex.js'
import { decodeSequencedOps, encodeSequencedOps } from '../codec/op-list.js'
import {
  clientMessages,
  decodeClientMessage,
  encodeClientMessage,
  type ClientMessage,
} from '../messages/client-message.js'
import { decodeHubMessage, encodeHubMessage, hubMessages, type HubMessage } from '../messages/hub-message.js'
import { RULE_NAMES, ruleByName } from '../rule-names.js'
import { socketParser, type SocketPacket } from '../socket-parser.js'
import { PROTOCOL_VERSION } from '../version.js'

interface Vectors {
  readonly version: number
  readonly frames: readonly { name: string; from: 'client' | 'hub'; message: { type: string }; hex: string }[]
  readonly refused: readonly { name: string; from: 'client' | 'hub'; hex: string; code: string }[]
  readonly packets: readonly { name: string; packet: SocketPacket; hex: string }[]
  readonly folds: readonly { name: string; rule: string; ops: string; state: string; value: unknown }[]
}

/** Bytes are written as `{ "hex": "cafe" }`. */
function reviveBytes(_key: string, value: unknown): unknown {
  const isBytes = typeof value === 'object' && value !== null && Object.keys(value).join() === 'hex'
  return isBytes ? fromHex((value as { hex: string }).hex) : value
}

const text = readFileSync(new URL(`./v${PROTOCOL_VERSION}.json`, import.meta.url), 'utf8')
const vectors = JSON.parse(text, reviveBytes) as Vectors

describe('frames', () => {
  it.each(vectors.frames)('$from: $name', ({ from, message, hex }) => {
    if (from === 'client') {
      expect(toHex(encodeClientMessage(message as ClientMessage))).toBe(hex)
      expect(decodeClientMessage(fromHex(hex))).toEqual(message)
    } else {
      expect(toHex(encodeHubMessage(message as HubMessage))).toBe(hex)
      expect(decodeHubMessage(fromHex(hex))).toEqual(message)
    }
  })

  it('cover every message', () => {
    const types = [...clientMessages, ...hubMessages].map(({ type }) => type)
    expect(new Set(vectors.frames.map(({ message }) => message.type))).toEqual(new Set(types))
  })
})

describe('refused frames', () => {
  it.each(vectors.refused)('$from: $name', ({ from, hex, code }) => {
    const decode = from === 'client' ? decodeClientMessage : decodeHubMessage
    expect(() => decode(fromHex(hex))).toThrow(expect.objectContaining({ code }) as Error)
  })
})

describe('socket packets', () => {
  it.each(vectors.packets)('$name', ({ packet, hex }) => {
    expect(new socketParser.Encoder().encode(packet).map(toHex)).toEqual([hex])
    const decoded: SocketPacket[] = []
    new socketParser.Decoder().on('decoded', (arrived) => decoded.push(arrived)).add(fromHex(hex))
    expect(decoded).toEqual([packet])
  })
})

describe('folds', () => {
  it.each(vectors.folds)('$rule: $name', ({ rule, ops, state, value }) => {
    const list = decodeSequencedOps(fromHex(ops))
    expect(toHex(encodeSequencedOps(list))).toBe(ops)
    const fold = new Fold(ruleByName(rule))
    for (const op of list) fold.receive(op)
    expect(toHex(fold.encodeState())).toBe(state)
    expect(plain(fold.value)).toEqual(value)

    const revived = new Fold(ruleByName(rule), { state: fromHex(state), seq: list.length })
    expect(plain(revived.value)).toEqual(value)
    expect(toHex(revived.encodeState())).toBe(state)
  })

  it('cover every rule', () => {
    const rules = RULE_NAMES.map((name) => ruleByName(name).name)
    expect(new Set(vectors.folds.map(({ rule }) => rule))).toEqual(new Set(rules))
  })
})

/** Sets as arrays, as JSON has them. */
function plain(value: unknown): unknown {
  return value instanceof Set ? [...value] : value
}

it('the ops in frames are real ones', () => {
  const rules: Readonly<Record<string, string>> = { 'doc:readme': 'text', 'votes:1': 'counter' }
  const pushes = vectors.frames
    .map(({ message }) => message as ClientMessage)
    .filter(({ type }) => type === 'push')
  for (const { stream, ops } of pushes.flatMap((push) => (push.type === 'push' ? push.batches : []))) {
    for (const { body, count } of ops) {
      const rule = ruleByName(rules[stream] ?? stream)
      expect(rule.countOf(rule.decodeBody(body))).toBe(count)
    }
  }
})
