import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createError, type StreamDefinitions } from '@flowsync/protocol'

/**
 * Loads the definitions that a JavaScript or TypeScript module exports as `streams` or as its default.
 * TypeScript runs as it is: Node strips the types.
 * @throws FlowSyncError `config/invalid`
 */
export async function loadStreams(file: string): Promise<StreamDefinitions> {
  const loaded = await importFile(file)
  const streams = loaded['streams'] ?? loaded['default']
  if (isDefinitions(streams)) return streams
  throw createError('config/invalid', `${file} must export the result of defineStreams() as "streams".`)
}

async function importFile(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as Readonly<Record<string, unknown>>
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw createError('config/invalid', `${file} cannot be loaded: ${reason}`, { cause })
  }
}

function isDefinitions(value: unknown): value is StreamDefinitions {
  return (
    typeof value === 'object' && value !== null && 'ruleFor' in value && typeof value.ruleFor === 'function'
  )
}
