import type { Identity } from '@flowsync/hub'
import { createError } from '@flowsync/protocol'
import type { Process } from './process.js'
import type { Random } from './random.js'

interface SimulatedClaims {
  readonly subject: string
  readonly action: 'read' | 'write'
  /** Milliseconds since 1970 by the true clock. */
  readonly expiresAtMs: number
}

/** The service that gives clients their tokens: slow, and now and then out of order. */
export class TokenService {
  private readonly random: Random
  private readonly ttlMs: number
  private readonly trueNowMs: () => number
  /** Subjects whose requests fail at present. */
  readonly outages = new Set<string>()

  constructor(random: Random, ttlMs: number, trueNowMs: () => number) {
    this.random = random
    this.ttlMs = ttlMs
    this.trueNowMs = trueNowMs
  }

  async issue(process: Process, subject: string, action: 'read' | 'write'): Promise<string> {
    await process.delay(this.random.next() * 60, 'asks for a token')
    if (this.outages.has(subject)) throw new Error('The token service is down.')
    return JSON.stringify({ subject, action, expiresAtMs: Math.floor(this.trueNowMs() + this.ttlMs) })
  }

  /**
   * What the hub makes of a token.
   * @throws FlowSyncError `auth/token-invalid`, `auth/token-expired`
   */
  verify(token: string): Identity {
    const claims = parse(token)
    if (!claims) throw createError('auth/token-invalid', 'Not a token of the simulation.')
    if (claims.expiresAtMs <= this.trueNowMs())
      throw createError('auth/token-expired', 'The token has expired.')
    return { subject: claims.subject, expiresAtMs: claims.expiresAtMs, grants: [`${claims.action}:*`] }
  }
}

function parse(token: string): SimulatedClaims | undefined {
  if (!token.startsWith('{')) return undefined
  return JSON.parse(token) as SimulatedClaims
}
