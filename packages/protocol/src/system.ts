/**
 * All that FlowSync takes from the outside world beside network and storage. Everything that needs
 * time or chance gets one, so that the simulator can run it on a virtual clock from a seed.
 */
export interface System {
  /** Milliseconds since 1970; may jump. */
  nowMs(): number
  /** 0 up to, not including, 1. For jitter, never for ids. */
  random(): number
  /** Unpredictable bytes, for ids. */
  randomBytes(length: number): Uint8Array
  /** Calls `fn` once, `delayMs` from now or a little later. Returns what cancels it; cancelling twice is harmless. */
  setTimer(delayMs: number, fn: () => void): () => void
}

/** Longer delays overflow in every JavaScript engine and would fire at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1
/** The most that `getRandomValues` gives at a time. */
const MAX_RANDOM_BYTES = 65_536

function setTimer(delayMs: number, fn: () => void): () => void {
  let handle: ReturnType<typeof setTimeout>
  const wait = (restMs: number): void => {
    const stepMs = Math.min(restMs, MAX_TIMEOUT_MS)
    handle = setTimeout(() => (restMs > stepMs ? wait(restMs - stepMs) : fn()), stepMs)
  }
  wait(delayMs)
  return () => clearTimeout(handle)
}

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let start = 0; start < length; start += MAX_RANDOM_BYTES) {
    crypto.getRandomValues(bytes.subarray(start, start + MAX_RANDOM_BYTES))
  }
  return bytes
}

/** The real world: the machine's clock, timers and random source. Works in browsers and in Node. */
export function createSystem(): System {
  return { nowMs: () => Date.now(), random: () => Math.random(), randomBytes, setTimer }
}
