/** How many units both texts begin with, without half a surrogate pair. */
export function commonHead(a: string, b: string): number {
  const max = Math.min(a.length, b.length)
  let length = 0
  while (length < max && a.charCodeAt(length) === b.charCodeAt(length)) length++
  return length > 0 && isFirstHalf(a.charCodeAt(length - 1)) ? length - 1 : length
}

/** How many units both texts end with, after their common head and without half a surrogate pair. */
export function commonTail(a: string, b: string, head: number): number {
  const max = Math.min(a.length, b.length) - head
  let length = 0
  while (length < max && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length)) length++
  return length > 0 && isSecondHalf(a.charCodeAt(a.length - length)) ? length - 1 : length
}

/** Whether a UTF-16 unit is the first half of a surrogate pair. */
export function isFirstHalf(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800
}

/** Whether a UTF-16 unit is the second half of a surrogate pair. */
export function isSecondHalf(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00
}
