/**
 * Milliseconds on a clock that all processes of this machine share and that nobody sets: what one of them notes can be compared with what
 * another does.
 */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
