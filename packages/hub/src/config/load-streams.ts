import { existsSync } from 'node:fs'
import { extname, resolve } from 'node:path'
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
  if (!existsSync(file))
    throw createError('config/invalid', `${file} cannot be loaded: there is no such file.`)
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as Readonly<Record<string, unknown>>
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw createError('config/invalid', `${file} cannot be loaded: ${reason}${hintFor(cause, file)}`, {
      cause,
    })
  }
}

/** What Node means, where its message does not say what to do. */
function hintFor(cause: unknown, file: string): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /^\.m?ts$/.test(extname(file))) {
    return '\nTypeScript runs as it is on Node 22.18 and newer. Use one, or compile the file to JavaScript.'
  }
  if (code === 'ERR_MODULE_NOT_FOUND') {
    return '\nNode wants a file that is imported to be named in full, as in "./messages.ts", and a package to be installed.'
  }
  if (cause instanceof SyntaxError && /outside a module|'export'|'import\b/.test(cause.message)) {
    return '\nThe file is an ES module, and its package.json says otherwise. Set it right with: npm pkg set type=module'
  }
  return ''
}

function isDefinitions(value: unknown): value is StreamDefinitions {
  return (
    typeof value === 'object' && value !== null && 'ruleFor' in value && typeof value.ruleFor === 'function'
  )
}
