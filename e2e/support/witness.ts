import { createClient, type FlowSyncClient, type TextDelta } from '@flowsync/core'
import { createHubToken } from '@flowsync/token'
import { SECRET } from './servers.js'
import { streams } from './streams.js'

/** Somebody who is no browser: writes beside those who are, and keeps a ledger of all that changes in some texts. */
export class Witness {
  readonly client: FlowSyncClient<typeof streams>
  private readonly ledgers = new Map<string, TextDelta[]>()

  constructor(hubUrl: string) {
    this.client = createClient({
      url: hubUrl,
      streams,
      subject: 'witness',
      connect: true,
      token: () =>
        createHubToken({
          subject: 'witness',
          secret: SECRET,
          grants: ['write:doc:*', 'write:title:*', 'write:votes:*', 'write:tasks:*'],
        }),
    })
  }

  /** Makes a text what a test begins with, and forgets what was noted of it. */
  async begin(name: `doc:${string}`, text: string): Promise<void> {
    const doc = this.client.stream(name)
    await doc.whenReady()
    await doc.replace(0, doc.value.length, text).acked
    const known = this.ledgers.get(name)
    if (known) {
      known.length = 0
      return
    }
    const ledger: TextDelta[] = []
    this.ledgers.set(name, ledger)
    doc.onDelta((deltas, origin) => {
      if (origin === 'remote') ledger.push(...deltas)
    })
  }

  /** An edit beside those of the test; resolves once the hub has it. */
  async insert(name: `doc:${string}`, position: number, text: string): Promise<void> {
    await this.client.stream(name).insert(Math.min(position, this.value(name).length), text).acked
  }

  value(name: `doc:${string}`): string {
    return this.client.stream(name).value
  }

  title(name: `title:${string}`): string | undefined {
    return this.client.stream(name).value
  }

  /** What others have changed since `begin`, in the hub's order. */
  changes(name: `doc:${string}`): readonly TextDelta[] {
    return this.ledgers.get(name) ?? []
  }

  close(): Promise<void> {
    return this.client.close()
  }
}
