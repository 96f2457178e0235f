import { malformed } from './bytes.js'

/** As JavaScript writes numbers below 10^21, and as sums are written: digits, and where the point stands. */
const DECIMAL = /^(-?\d+)(?:\.(\d+))?(?:e-(\d+))?$/
/** An amount has less than 350 digits behind the point, and 2^53 of them less than 33 before it. */
const MAX_LENGTH = 400

/**
 * A sum of decimal numbers without any rounding, so that its bytes do not depend on the order of addition.
 *
 * Integers take a plain addition; fractions and what exceeds 2^53 - 1 go to a big integer of steps.
 */
export class DecimalSum {
  /** The part that plain additions have summed up; always a safe integer. */
  private whole = 0
  /** The other part, in steps of 10^-`places`. */
  private steps: bigint | undefined
  private places = 0

  /**
   * Reads what {@link text} says.
   * @throws FlowSyncError `codec/malformed`
   */
  static from(text: string): DecimalSum {
    const sum = new DecimalSum()
    if (text.length > MAX_LENGTH || !sum.addText(text)) throw malformed('a sum is not a decimal number')
    return sum
  }

  /** @param amount finite, below 10^21 */
  add(amount: number): void {
    const whole = this.whole + amount
    if (Number.isSafeInteger(whole) && Number.isInteger(amount)) this.whole = whole
    else this.addText(String(amount))
  }

  /** False when the text is no number; nothing was added then. */
  private addText(text: string): boolean {
    const [, digits, fraction = '', exponent = 0] = DECIMAL.exec(text) ?? []
    const places = fraction.length + Number(exponent)
    if (digits === undefined || places > MAX_LENGTH) return false
    const finer = Math.max(places, this.places)
    const scale = (steps: bigint, from: number) => steps * 10n ** BigInt(finer - from)
    this.steps = scale(this.steps ?? 0n, this.places) + scale(BigInt(digits + fraction), places)
    this.places = finer
    return true
  }

  /** The nearest double. */
  get value(): number {
    return this.steps === undefined ? this.whole : Number(this.text)
  }

  /** The one text of this sum: an integer, and where it is needed the power of ten that it is multiplied by. */
  get text(): string {
    if (this.steps === undefined) return String(this.whole)
    let { places } = this
    let steps = this.steps + BigInt(this.whole) * 10n ** BigInt(places)
    for (; places > 0 && steps % 10n === 0n; places--) steps /= 10n
    return places === 0 ? String(steps) : `${steps}e-${places}`
  }
}
