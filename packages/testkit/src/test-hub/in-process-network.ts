import type { Connection, Transport } from '@flowsync/core'
import type { ConnectionHandlers, HubConnection } from '@flowsync/hub'

/** What takes the connections: a hub's engine. */
export interface Acceptor {
  accept(workspace: string, connection: HubConnection): ConnectionHandlers
}

interface Link {
  readonly send: (frame: Uint8Array) => void
  /** Ends it for both sides. */
  readonly drop: (reason: string) => void
}

/**
 * Connects clients and a hub of one process without sockets and without timers: a frame arrives a few promise
 * callbacks after it was sent, in order, as a copy.
 */
export class InProcessNetwork {
  private hub: Acceptor | undefined
  private readonly links = new Set<Link>()
  private readonly rooms = new Map<string, Set<Link>>()

  /** For clients. */
  readonly transport: Transport = {
    connect: ({ workspace }, handlers): Connection => {
      let isOpen = true
      let hubSide: ConnectionHandlers | undefined
      const end = (reason: string, isTold: boolean): void => {
        if (!isOpen) return
        isOpen = false
        this.forget(link)
        later(() => hubSide?.onClose())
        if (isTold) later(() => handlers.onClose(reason))
      }
      const link: Link = {
        send: (frame) => {
          const copy = frame.slice()
          later(() => {
            if (isOpen) handlers.onFrame(copy)
          })
        },
        drop: (reason) => end(reason, true),
      }
      this.links.add(link)
      later(() => {
        if (!isOpen) return
        if (!this.hub) {
          end('nobody answers', true)
          return
        }
        hubSide = this.hub.accept(workspace, this.hubConnection(workspace, link))
        handlers.onOpen()
      })
      return {
        send: (frame) => {
          const copy = frame.slice()
          later(() => {
            if (isOpen) hubSide?.onFrame(copy)
          })
        },
        close: () => end('the client closed', false),
      }
    },
  }

  /** From now on connections go to this hub; without one nobody answers. */
  listen(hub: Acceptor | undefined): void {
    this.hub = hub
  }

  /** Breaks every connection. */
  dropAll(): void {
    for (const link of [...this.links]) link.drop('the connection was dropped')
  }

  /** Sends to everybody in a room. */
  publish(workspace: string, stream: string, frame: Uint8Array): void {
    for (const link of this.rooms.get(roomName(workspace, stream)) ?? []) link.send(frame)
  }

  private hubConnection(workspace: string, link: Link): HubConnection {
    return {
      address: '127.0.0.1',
      unreadBytes: 0,
      admit: () => undefined,
      send: link.send,
      // What was sent before is delivered first: both take the same number of turns.
      close: () => later(() => link.drop('the hub closed')),
      join: (stream) => {
        const name = roomName(workspace, stream)
        const room = this.rooms.get(name) ?? new Set()
        this.rooms.set(name, room.add(link))
      },
      leave: (stream) => void this.rooms.get(roomName(workspace, stream))?.delete(link),
    }
  }

  private forget(link: Link): void {
    this.links.delete(link)
    for (const room of this.rooms.values()) room.delete(link)
  }
}

function later(act: () => void): void {
  queueMicrotask(act)
}

/** A workspace's name holds no slash. */
function roomName(workspace: string, stream: string): string {
  return `${workspace}/${stream}`
}
