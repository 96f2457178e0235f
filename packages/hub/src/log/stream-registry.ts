import type { AnyMergeRule } from '@flowsync/crdt'
import { createError, type StreamDefinitions } from '@flowsync/protocol'
import { BoundedMap } from '../storage/bounded-map.js'
import type { LogDriver, StreamHead, StreamKey } from '../storage/driver.js'
import { notePosition, openedStream, type OpenStream } from './open-stream.js'

/** How many streams are remembered, those that were used last; what is forgotten is opened again in one read. */
const REMEMBERED = 50_000

/** Opens streams: checks their names and rules, creates them in the storage, and remembers them. */
export class StreamRegistry {
  private readonly storage: LogDriver
  private readonly definitions: StreamDefinitions
  private readonly opened = new BoundedMap<string, Promise<OpenStream>>(REMEMBERED)

  constructor(storage: LogDriver, definitions: StreamDefinitions) {
    this.storage = storage
    this.definitions = definitions
  }

  /** @throws FlowSyncError `stream/name-invalid`, `stream/unknown` */
  ruleFor(stream: string): AnyMergeRule {
    return this.definitions.ruleFor(stream)
  }

  /**
   * Callers that open a stream at the same time get it in the order in which they asked.
   * @throws FlowSyncError `stream/name-invalid`, `stream/unknown`, `stream/rule-mismatch`, `storage/*`
   */
  open({ workspace, stream }: StreamKey): Promise<OpenStream> {
    const name = `${workspace}/${stream}`
    const known = this.opened.get(name)
    if (known) return known
    const opening = this.create({ workspace, stream })
    this.opened.set(name, opening)
    opening.catch(() => this.opened.delete(name))
    this.opened.trim()
    return opening
  }

  /** The stream if it exists in the storage. Creates nothing. */
  async find({ workspace, stream }: StreamKey): Promise<OpenStream | undefined> {
    const known = this.opened.get(`${workspace}/${stream}`)
    if (known) return known
    const rule = this.ruleFor(stream)
    const head = await this.storage.findStream({ workspace, stream })
    return head && checkedStream(head, rule)
  }

  /**
   * Puts a stream that the storage has lost, such as when its database was emptied, back there, empty and in an epoch
   * of its own. What is remembered of it follows; clients push again what they still have.
   * @throws FlowSyncError `storage/*`
   */
  async recreate(stream: OpenStream): Promise<void> {
    const { name: rule, version: ruleVersion } = stream.rule
    notePosition(stream, await this.storage.openStream({ ...stream.key, rule, ruleVersion }))
  }

  private async create(key: StreamKey): Promise<OpenStream> {
    const rule = this.ruleFor(key.stream)
    const head = await this.storage.openStream({ ...key, rule: rule.name, ruleVersion: rule.version })
    return checkedStream(head, rule)
  }
}

/** @throws FlowSyncError `stream/rule-mismatch` */
function checkedStream(head: StreamHead, rule: AnyMergeRule): OpenStream {
  if (head.rule !== rule.name || head.ruleVersion !== rule.version) {
    throw createError(
      'stream/rule-mismatch',
      `"${head.stream}" is stored as ${head.rule} version ${head.ruleVersion}; the hub is configured for ${rule.name} version ${rule.version}.`,
      { details: { rule: head.rule, ruleVersion: head.ruleVersion } },
    )
  }
  return openedStream(head, rule)
}
