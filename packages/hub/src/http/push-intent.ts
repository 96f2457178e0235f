import { createError } from '@flowsync/protocol'
import type { OpenStream } from '../log/open-stream.js'
import { callerOf, type Caller } from './caller.js'
import type { HttpContext } from './http-context.js'
import type { HttpExchange } from './http-exchange.js'

const MAX_KEY_LENGTH = 256
const MAX_ATTEMPTS = 5

interface PushRequest {
  readonly intent: unknown
  readonly idempotencyKey: string | undefined
}

/**
 * `POST /v1/:workspace/streams/:name`: makes an op of an intent and answers once it is durable, with the
 * op's seq, or null when the intent changes nothing.
 *
 * With an idempotency key a repeated request is answered as the first one was, for good: the key names
 * the replica whose only op the intent becomes, and the log takes an op once.
 */
export async function pushIntent(
  context: HttpContext,
  exchange: HttpExchange,
  workspace: string,
  stream: string,
): Promise<void> {
  const caller = await callerOf(context, exchange, workspace)
  caller.check('write', stream)
  const request = parseRequest(await exchange.readJson(context.limits.frameBytes))
  const opened = await context.log.registry.open({ workspace, stream })
  const seq = await context.author.inTurn(opened, () => store(context, opened, caller, request))
  exchange.answer(200, { stream, epoch: opened.epoch, seq })
}

async function store(
  { log, author, system, limits }: HttpContext,
  stream: OpenStream,
  { subject }: Caller,
  { intent, idempotencyKey }: PushRequest,
): Promise<number | null> {
  for (let attempt = 1; ; attempt++) {
    const id =
      idempotencyKey === undefined
        ? await author.nextId(stream, subject)
        : author.idOfKey(stream, subject, idempotencyKey)
    const stored = await log.findSeq(stream, id, subject)
    if (stored !== undefined) return stored
    const folded = await log.fold(stream.key)
    if (!folded) throw createError('stream/unknown', 'The stream is gone.')
    const prepared = folded.fold.prepare(intent, { ...id, nowMs: system.nowMs() })
    if (!prepared) return null
    if (prepared.op.body.length > limits.opBytes)
      throw createError('op/too-large', `An op may take ${limits.opBytes} bytes.`)
    const appended = await log.append(stream, folded.epoch, subject, [prepared.op])
    if (appended.kind === 'ok') return appended.seqs[0] ?? null
    // The same key on two hubs at once: the other one was first, and its answer is ours.
    const isRace = appended.error.code === 'op/invalid' || appended.error.code === 'stream/epoch-changed'
    if (!isRace || attempt >= MAX_ATTEMPTS) throw appended.error
  }
}

function parseRequest(body: unknown): PushRequest {
  if (typeof body !== 'object' || body === null || !('intent' in body)) {
    throw createError('op/invalid-intent', 'The body must be { "intent": …, "idempotencyKey"?: "…" }.')
  }
  const key: unknown = 'idempotencyKey' in body ? body.idempotencyKey : undefined
  if (key !== undefined && (typeof key !== 'string' || key === '' || key.length > MAX_KEY_LENGTH)) {
    throw createError(
      'op/invalid-intent',
      `An idempotency key is a text of 1 to ${MAX_KEY_LENGTH} characters.`,
    )
  }
  return { intent: body.intent, idempotencyKey: key }
}
