import type { ByteReader, ByteWriter } from './bytes.js'
import { malformed } from './codec.js'

/** A number of any size and precision: `mantissa` / 2^`scale`. */
interface Dyadic {
  readonly mantissa: bigint
  readonly scale: number
}

/** The finest step of a double is 2^-1074. */
const MAX_SCALE = 1074
/** 2^53 amounts of 2^53 each. */
const MAX_BITS_BEFORE_POINT = 106
const MAX_MANTISSA_BYTES = Math.ceil((MAX_BITS_BEFORE_POINT + MAX_SCALE) / 8)

/**
 * A sum of doubles without any rounding, so that its bytes do not depend on the order of addition.
 *
 * Integers take a plain addition; fractions and what exceeds 2^53 - 1 go to a big integer that counts
 * steps of 2^-scale. All doubles are such multiples.
 */
export class ExactSum {
  /** The part that plain additions have summed up; always a safe integer. */
  private whole = 0
  private rest: Dyadic = ZERO

  /** @param amount finite */
  add(amount: number): void {
    const whole = this.whole + amount
    if (Number.isSafeInteger(amount) && Number.isSafeInteger(whole)) this.whole = whole
    else this.rest = plus(this.rest, fromDouble(amount))
  }

  private get total(): Dyadic {
    if (this.rest === ZERO) return { mantissa: BigInt(this.whole), scale: 0 }
    return plus(this.rest, { mantissa: BigInt(this.whole), scale: 0 })
  }

  /** This sum less another, rounded once, to the nearest double. */
  minus(other: ExactSum): number {
    if (this.rest === ZERO && other.rest === ZERO) {
      const difference = this.whole - other.whole
      if (Number.isSafeInteger(difference)) return difference
    }
    const { mantissa, scale } = other.total
    return toDouble(plus(this.total, { mantissa: -mantissa, scale }))
  }

  /** Scale, then the mantissa as big-endian bytes with their number: one form for each sum of at least 0. */
  write(writer: ByteWriter): void {
    const { mantissa, scale } = lowestTerms(this.total)
    const length = Math.ceil(bitLength(mantissa) / 8)
    writer.varint(scale)
    writer.varint(length)
    for (let at = length - 1; at >= 0; at--) writer.u8(Number((mantissa >> BigInt(8 * at)) & 0xffn))
  }

  /** @throws FlowSyncError `codec/malformed` */
  static read(reader: ByteReader): ExactSum {
    const scale = reader.varint(MAX_SCALE)
    const bytes = reader.bytes(MAX_MANTISSA_BYTES)
    if (bytes[0] === 0) throw malformed('a sum has a leading zero')
    let mantissa = 0n
    for (const byte of bytes) mantissa = (mantissa << 8n) | BigInt(byte)
    if (scale > 0 && (mantissa & 1n) === 0n) throw malformed('a sum is not in its lowest terms')
    if (bitLength(mantissa) - scale > MAX_BITS_BEFORE_POINT) throw malformed('a sum is out of range')
    const sum = new ExactSum()
    if (scale === 0 && mantissa <= BigInt(Number.MAX_SAFE_INTEGER)) sum.whole = Number(mantissa)
    else sum.rest = { mantissa, scale }
    return sum
  }
}

const ZERO: Dyadic = { mantissa: 0n, scale: 0 }

function plus(left: Dyadic, right: Dyadic): Dyadic {
  const scale = Math.max(left.scale, right.scale)
  return { mantissa: atScale(left, scale) + atScale(right, scale), scale }
}

function atScale({ mantissa, scale }: Dyadic, finer: number): bigint {
  return finer === scale ? mantissa : mantissa << BigInt(finer - scale)
}

/** Doubling is exact, and makes any double an integer in the end. */
function fromDouble(amount: number): Dyadic {
  let scaled = amount
  let scale = 0
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    scale++
  }
  return { mantissa: BigInt(scaled), scale }
}

function lowestTerms({ mantissa, scale }: Dyadic): Dyadic {
  if (mantissa === 0n) return ZERO
  let drop = 0
  while (drop < scale && ((mantissa >> BigInt(drop)) & 1n) === 0n) drop++
  return { mantissa: mantissa >> BigInt(drop), scale: scale - drop }
}

function toDouble({ mantissa, scale }: Dyadic): number {
  const magnitude = mantissa < 0n ? -mantissa : mantissa
  // Cut to about 64 bits, which fit a double's range, with a last bit that stands for all that was cut:
  // then the one rounding of Number() is that of the whole.
  const drop = Math.max(0, bitLength(magnitude) - 64)
  let head = magnitude >> BigInt(drop)
  if (head << BigInt(drop) !== magnitude) head |= 1n
  const rounded = Number(head) * 2 ** (drop - scale)
  return mantissa < 0n ? -rounded : rounded
}

function bitLength(magnitude: bigint): number {
  return magnitude === 0n ? 0 : magnitude.toString(2).length
}
