import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** Which bytes set a cut off, and which way they go. They are not passed on. */
interface Cut {
  readonly direction: 'to-server' | 'to-client'
  readonly bytes: string
}

/** A TCP proxy that cuts all its connections at an exact moment: when certain bytes come by. */
export class CuttingProxy {
  private readonly server: Server
  private readonly sockets = new Set<Socket>()
  private next: Cut | undefined

  private constructor(server: Server) {
    this.server = server
  }

  static async start(targetPort: number): Promise<CuttingProxy> {
    const server = createServer()
    const proxy = new CuttingProxy(server)
    server.on('connection', (client) => proxy.link(client, connect({ port: targetPort, host: '127.0.0.1' })))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return proxy
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  /** Cuts once, when these bytes come by; afterwards everything passes again. */
  cutAt(direction: Cut['direction'], bytes: string): void {
    this.next = { direction, bytes }
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    this.server.close()
    await once(this.server, 'close')
  }

  private link(client: Socket, server: Socket): void {
    const pass = (from: Socket, to: Socket, direction: Cut['direction']): void => {
      this.sockets.add(from)
      from.on('error', () => undefined)
      from.on('close', () => {
        this.sockets.delete(from)
        to.destroy()
      })
      from.on('data', (chunk) => {
        if (this.next?.direction !== direction || !chunk.includes(this.next.bytes)) {
          to.write(chunk)
          return
        }
        this.next = undefined
        for (const socket of [...this.sockets]) socket.destroy()
      })
    }
    pass(client, server, 'to-server')
    pass(server, client, 'to-client')
  }
}
