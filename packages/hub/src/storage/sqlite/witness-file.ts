import { closeSync, fdatasyncSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'

/** What was last written to a log file, as a file beside it remembers. */
export interface Testimony {
  readonly session: string
  /** The log's last position; 0 when that is not known. */
  readonly position: number
}

/** `flowsync`, the session, the position, each with a checksum: two lines of fixed length. */
const POSITION_DIGITS = 16
const PATTERN = /^([0-9a-f]{32}) ([0-9a-f]{8})\n(\d{16}) ([0-9a-f]{8})\n$/

/**
 * The file beside a log file that remembers how far the log had come. It must stay where it is when a backup of
 * the log file is put back: then it knows more than the backup.
 */
export class WitnessFile {
  private readonly path: string
  private descriptor: number | undefined
  private positionOffset = 0

  constructor(path: string) {
    this.path = path
  }

  /** What the file says; undefined when there is none, or none that can be believed. */
  read(): Testimony | undefined {
    const text = readIfThere(this.path)
    const [, session = '', sessionSum, position = '', positionSum] = PATTERN.exec(text ?? '') ?? []
    if (sessionSum !== checksum(session)) return undefined
    return { session, position: positionSum === checksum(position) ? Number(position) : 0 }
  }

  /** Replaces what the file says, atomically and durably. */
  replace({ session, position }: Testimony): void {
    this.close()
    const draft = `${this.path}-new`
    const descriptor = openSync(draft, 'w')
    const sessionLine = `${session} ${checksum(session)}\n`
    writeSync(descriptor, sessionLine + positionLine(position), 0)
    fsyncSync(descriptor)
    renameSync(draft, this.path)
    syncFolder(dirname(this.path))
    this.descriptor = descriptor
    this.positionOffset = sessionLine.length
  }

  /** Notes how far the log has come: survives the death of the process at once, power loss after `sync`. */
  note(position: number): void {
    if (this.descriptor !== undefined) writeSync(this.descriptor, positionLine(position), this.positionOffset)
  }

  sync(): void {
    if (this.descriptor !== undefined) fdatasyncSync(this.descriptor)
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor)
    this.descriptor = undefined
  }
}

function positionLine(position: number): string {
  const digits = String(position).padStart(POSITION_DIGITS, '0')
  return `${digits} ${checksum(digits)}\n`
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** A rename is durable once its folder is. */
function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
