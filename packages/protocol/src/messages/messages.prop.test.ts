import { isFlowSyncError } from '@flowsync/crdt'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientMessage, damaged, damages, hubMessage } from '../tests/arbitraries.js'
import { decodeClientMessage, encodeClientMessage, type ClientMessage } from './client-message.js'
import { decodeHubMessage, encodeHubMessage, type HubMessage } from './hub-message.js'

interface Direction<Message> {
  readonly name: string
  readonly messages: fc.Arbitrary<Message>
  encode(message: Message): Uint8Array
  decode(frame: Uint8Array): Message
}
const client: Direction<ClientMessage> = {
  name: 'client',
  messages: clientMessage,
  encode: encodeClientMessage,
  decode: decodeClientMessage,
}
const hub: Direction<HubMessage> = {
  name: 'hub',
  messages: hubMessage,
  encode: encodeHubMessage,
  decode: decodeHubMessage,
}
const ALLOWED = [
  'codec/malformed',
  'frame/too-large',
  'protocol/unexpected-message',
  'protocol/version-unsupported',
]

/** Decodes; a frame that is refused must be refused with one of the documented codes. */
function decodeOrRefuse<Message>(direction: Direction<Message>, frame: Uint8Array): Message | undefined {
  try {
    return direction.decode(frame)
  } catch (error) {
    if (isFlowSyncError(error) && ALLOWED.includes(error.code)) return undefined
    throw error
  }
}

/** What is let through must be canonical: encoding it again gives the very bytes. */
function expectCanonical<Message>(direction: Direction<Message>, frame: Uint8Array): void {
  const message = decodeOrRefuse(direction, frame)
  if (message !== undefined) expect(direction.encode(message)).toEqual(frame)
}

function laws<Message>(direction: Direction<Message>): void {
  describe(`messages of the ${direction.name}`, () => {
    it('are the same after encoding and decoding', () => {
      fc.assert(
        fc.property(direction.messages, (message) => {
          expect(direction.decode(direction.encode(message))).toEqual(message)
        }),
      )
    })

    it('are refused or canonical when damaged', () => {
      fc.assert(
        fc.property(direction.messages, damages, (message, list) => {
          expectCanonical(direction, damaged(direction.encode(message), list))
        }),
        { numRuns: 2_000 },
      )
    })

    it('are refused or canonical when cut anywhere', () => {
      fc.assert(
        fc.property(direction.messages, (message) => {
          const frame = direction.encode(message)
          for (let length = 0; length < frame.length; length++) {
            expect(decodeOrRefuse(direction, frame.subarray(0, length))).toBeUndefined()
          }
        }),
        { numRuns: 50 },
      )
    })

    it('come out of random bytes only when canonical', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(0x60), (bytes, code) => {
          expectCanonical(direction, bytes)
          expectCanonical(direction, Uint8Array.of(code, ...bytes))
        }),
        { numRuns: 5_000 },
      )
    })

    it('hold no view on the frame they came from', () => {
      fc.assert(
        fc.property(direction.messages, (message) => {
          const frame = direction.encode(message)
          const decoded = direction.decode(frame)
          frame.fill(0xff)
          expect(decoded).toEqual(message)
        }),
      )
    })
  })
}

laws(client)
laws(hub)
