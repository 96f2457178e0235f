import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { describeOp } from './codec/op-list.js'
import { OP_PAYLOAD_LAYOUT } from './codec/op-payload.js'
import { clientMessages } from './messages/client-message.js'
import { hubMessages } from './messages/hub-message.js'
import { describeSocketPacket } from './socket-parser.js'
import { PROTOCOL_VERSION } from './version.js'

/** One hash for each version that was ever released. A released line never changes. */
const LOCK: Readonly<Record<number, string>> = {
  1: 'b628732679f86153f3c68cb7ab0db937d1a26c628c36d708f3c554ba3a554b48',
}

function schemaText(): string {
  const messages = [...clientMessages, ...hubMessages].map(
    ({ code, codec }) => `${code} ${codec.describe.replaceAll('; op)', `; ${describeOp()})`)}`,
  )
  return [
    `version ${PROTOCOL_VERSION}`,
    ...messages,
    `socket ${describeSocketPacket()}`,
    `payload ${OP_PAYLOAD_LAYOUT}`,
  ].join('\n')
}

it('no layout changes under the same protocol version', () => {
  // When this fails: undo the change, or raise PROTOCOL_VERSION, add a line here, new vectors and docs/protocol/v{n}.md.
  expect(createHash('sha256').update(schemaText()).digest('hex')).toBe(LOCK[PROTOCOL_VERSION])
})

it('message types and codes are used once', () => {
  const all = [...clientMessages, ...hubMessages]
  expect(new Set(all.map(({ code }) => code)).size).toBe(all.length)
  expect(new Set(all.map(({ type }) => type)).size).toBe(all.length)
})

it('answers have the code of their request plus 0x40', () => {
  const answers = ['welcome', 'subscribed', 'unsubscribed', 'pushed', 'pulled', 'renewed']
  expect(answers.map((type) => hubMessages.find((message) => message.type === type)?.code)).toEqual(
    clientMessages.map(({ code }) => code + 0x40),
  )
})
