import { stripVTControlCharacters } from 'node:util'

import { lastLines } from './process.mjs'

/** @typedef {(text: string) => void} Print */

/** @param {number} ms */
export const seconds = (ms) => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`)

/** A step that did not succeed; what it said is in `output`. */
export class StepError extends Error {
  /**
   * @param {string} message
   * @param {string} output
   */
  constructor(message, output) {
    super(message)
    this.output = output
  }
}

const heartbeatMs = 15_000

/**
 * Shows a long step: its name at once, a sign of life while it works, its duration at the end.
 *
 * @template T
 * @param {string} label
 * @param {Print} print writes one line
 * @param {(onOutput: (chunk: string) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(label, print, work) {
  const startedAt = performance.now()
  let latest = ''
  print(`  … ${label}`)
  const heartbeat = setInterval(() => {
    const line = latest === '' ? '' : `: ${latest.slice(0, 90)}`
    print(`    ${label}, ${seconds(performance.now() - startedAt)} so far${line}`)
  }, heartbeatMs)
  try {
    const result = await work((chunk) => {
      latest = plain(lastLines(chunk, 1)).trim() || latest
    })
    print(`  ✓ ${label} (${seconds(performance.now() - startedAt)})`)
    return result
  } catch (error) {
    print(`  ✗ ${label} (${seconds(performance.now() - startedAt)})`)
    throw error
  } finally {
    clearInterval(heartbeat)
  }
}

/** @param {string} text with terminal colours */
export const plain = (text) => stripVTControlCharacters(text)

/**
 * Lays rows out in columns. Numbers align right.
 *
 * @param {readonly (readonly (string | number)[])[]} rows
 * @returns {string}
 */
export function table(rows) {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => String(row[column] ?? '').length)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0
          return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width)
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
