import { isReplicaId } from '@flowsync/crdt'
import { describe, expect, it } from 'vitest'
import { createEpoch, createReplicaId, isEpoch, NO_EPOCH } from './ids.js'
import { createSystem } from './system.js'

const fixed = (byte: number) => ({ randomBytes: (length: number) => new Uint8Array(length).fill(byte) })

describe('replica ids', () => {
  it('are 128 bits of the random source', () => {
    expect(createReplicaId(fixed(0xab))).toBe('ab'.repeat(16))
    expect(isReplicaId(createReplicaId(createSystem()))).toBe(true)
    expect(createReplicaId(createSystem())).not.toBe(createReplicaId(createSystem()))
  })

  it('are not made of a random source that gives too little', () => {
    expect(() => createReplicaId({ randomBytes: () => new Uint8Array(4) })).toThrow(
      expect.objectContaining({ code: 'config/invalid' }) as Error,
    )
  })
})

describe('epochs', () => {
  it('are 64 bits of the random source, never all zero', () => {
    expect(createEpoch(fixed(0x5c))).toBe('5c'.repeat(8))
    expect(isEpoch(createEpoch(fixed(0)))).toBe(true)
  })

  it.each([NO_EPOCH, '0'.repeat(16), 'ab', 'G'.repeat(16), 'AB'.repeat(8), 'ab'.repeat(9)])(
    '%j is none',
    (text) => {
      expect(isEpoch(text)).toBe(false)
    },
  )
})
