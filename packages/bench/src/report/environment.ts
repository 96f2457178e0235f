import { readFileSync } from 'node:fs'
import { cpus, totalmem, type as systemType, release } from 'node:os'
import { fileURLToPath } from 'node:url'

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly system: string
  readonly node: string
}

/** Describes this machine; it names neither host nor user. */
export function describeMachine(): Machine {
  const cores = cpus()
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${systemType()} ${release()}`,
    node: process.versions.node,
  }
}

/** The installed versions of packages that this package depends on. */
export function versionsOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, versionOf(name)]))
}

function versionOf(name: string): string {
  // Not by import: not every package lets others read its manifest.
  const file = fileURLToPath(new URL(`../../node_modules/${name}/package.json`, import.meta.url))
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: string }
  return version ?? 'unknown'
}
