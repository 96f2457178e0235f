import type { Mark } from '../marks.js'

const BYTES = 24

/**
 * A mark as a member of a sorted set in which all scores are equal: Redis then orders by the bytes, which
 * are the numbers of the replica, its counter and the seq, most significant byte first.
 */
export function markMember(replicaNumber: number, { counter, seq }: Mark): Buffer {
  const member = Buffer.allocUnsafe(BYTES)
  member.writeBigUInt64BE(BigInt(replicaNumber), 0)
  member.writeBigUInt64BE(BigInt(counter), 8)
  member.writeBigUInt64BE(BigInt(seq), 16)
  return member
}

/** The seq of a mark. */
export function seqOfMark(member: Buffer): number {
  return Number(member.readBigUInt64BE(16))
}

/** Between which members, as ZREVRANGEBYLEX takes them, the marks of a replica up to a counter lie. */
export function marksUpTo(replicaNumber: number, counter: number): readonly [Buffer, Buffer] {
  const closed = Buffer.from('[')
  const [most, least] = [
    { counter, seq: Number.MAX_SAFE_INTEGER },
    { counter: 0, seq: 0 },
  ]
  return [
    Buffer.concat([closed, markMember(replicaNumber, most)]),
    Buffer.concat([closed, markMember(replicaNumber, least)]),
  ]
}
