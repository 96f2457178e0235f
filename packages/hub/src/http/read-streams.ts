import { Fold } from '@flowsync/crdt'
import { createError, NO_EPOCH } from '@flowsync/protocol'
import type { AnyFold } from '../log/fold-log.js'
import { callerOf } from './caller.js'
import type { HttpContext } from './http-context.js'
import type { HttpExchange } from './http-exchange.js'

const MAX_STREAMS = 100

interface FoldedStream {
  readonly name: string
  readonly rule: string
  readonly epoch: string
  readonly seq: number
  readonly fold: AnyFold
}

/** `GET /v1/:workspace/streams/:name`: the value as JSON. A stream that nobody wrote to has its rule's empty value. */
export async function getValue(
  context: HttpContext,
  exchange: HttpExchange,
  workspace: string,
  stream: string,
): Promise<void> {
  const caller = await callerOf(context, exchange, workspace)
  caller.check('read', stream)
  const { rule, epoch, seq, fold } = await foldStream(context, workspace, stream)
  exchange.answer(200, { stream, rule, epoch, seq, value: fold.value })
}

/** `GET /v1/:workspace/hydrate?stream=a&stream=b`: states that a client continues from, for servers that render. */
export async function hydrate(
  context: HttpContext,
  exchange: HttpExchange,
  workspace: string,
): Promise<void> {
  const caller = await callerOf(context, exchange, workspace)
  const names = [...new Set(exchange.url.searchParams.getAll('stream'))]
  if (names.length > MAX_STREAMS)
    throw createError('limit/streams', `One request may ask for ${MAX_STREAMS} streams.`)
  for (const name of names) caller.check('read', name)
  const streams = []
  for (const name of names) {
    const { rule, epoch, seq, fold } = await foldStream(context, workspace, name)
    streams.push({ name, rule, epoch, seq, state: Buffer.from(fold.encodeState()).toString('base64') })
  }
  exchange.answer(200, { workspace, streams })
}

async function foldStream({ log }: HttpContext, workspace: string, name: string): Promise<FoldedStream> {
  const rule = log.registry.ruleFor(name)
  const folded = await log.fold({ workspace, stream: name })
  const fold = folded?.fold ?? new Fold(rule)
  return { name, rule: rule.name, epoch: folded?.epoch ?? NO_EPOCH, seq: fold.seq, fold }
}
