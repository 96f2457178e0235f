import type { FeedNotice, LinkConnection, LinkConnectionEvents } from '@flowsync/hub'
import type { Bus } from './bus.js'
import type { Process } from './process.js'

/** The one room of the bus that hubs meet in. */
const HUBS = 'hubs'

type Message =
  | { readonly from: string; readonly probe: number }
  | { readonly from: string; readonly notice: Omit<FeedNotice, 'frame'>; readonly frame: string }

export interface HubBusOptions {
  readonly bus: Bus
  readonly process: Process
  /** Whether nothing gets through between this hub and the bus. */
  readonly isCutOff: () => boolean
}

let connections = 0

/** A hub's connection to the bus between hubs: it says nothing when it is cut off, as networks do. */
export function connectToBus(
  { bus, process, isCutOff }: HubBusOptions,
  events: LinkConnectionEvents,
): LinkConnection {
  const from = `${process.name}/${++connections}`
  const member = {
    send: (bytes: Uint8Array): void => {
      if (!isCutOff()) process.run(() => take(JSON.parse(Buffer.from(bytes).toString()) as Message))
    },
  }
  function take(message: Message): void {
    if ('probe' in message) {
      if (message.from === from) events.onEcho(message.probe)
    } else if (message.from !== from) {
      events.onNotice({ ...message.notice, frame: Buffer.from(message.frame, 'base64') })
    }
  }
  function publish(message: Message): void {
    if (!isCutOff()) bus.publish(process, HUBS, Buffer.from(JSON.stringify(message)))
  }
  process.schedule(1, 'reaches the bus', () => {
    if (isCutOff()) return events.onFailed(new Error('the bus cannot be reached'))
    bus.join(HUBS, member)
    events.onOpened()
  })
  return {
    mode: 'simulated',
    probe: (probe) => publish({ from, probe }),
    send: ({ frame, ...notice }) => publish({ from, notice, frame: Buffer.from(frame).toString('base64') }),
    close: () => bus.leave(HUBS, member),
  }
}
