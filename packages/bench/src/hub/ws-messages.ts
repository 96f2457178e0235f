/** The messages that the bare WebSocket servers and their clients exchange: a byte for the kind, then numbers. */
export const WELCOME = 0
/** An edit for everybody in the room: its number and one character. */
export const EDIT = 1
/** Rows to store: the numbers of the first and the last, then a byte for each. */
export const WRITE = 2
/** So many rows more are stored. */
export const STORED = 3
/** Asks for the number of rows of this room; the answer is the same kind. */
export const COUNT = 4

/** A message with its numbers, and room for some bytes more. */
export function wsMessage(kind: number, numbers: readonly number[] = [], moreBytes = 0): Buffer {
  const message = Buffer.alloc(1 + 4 * numbers.length + moreBytes, 'x')
  message[0] = kind
  numbers.forEach((number, index) => message.writeUInt32BE(number, 1 + 4 * index))
  return message
}

/** The number at a place of a message. */
export function numberAt(message: Buffer, index: number): number {
  return message.readUInt32BE(1 + 4 * index)
}
