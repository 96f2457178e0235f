const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Bytes as lowercase hex digits. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += DIGITS[byte]
  return text
}

/** Bytes of an even number of lowercase hex digits. The caller has checked that they are. */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2)
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = (digit(text, 2 * index) << 4) | digit(text, 2 * index + 1)
  }
  return bytes
}

function digit(text: string, index: number): number {
  const unit = text.charCodeAt(index)
  // '0' is 48, 'a' is 97.
  return unit < 58 ? unit - 48 : unit - 87
}
