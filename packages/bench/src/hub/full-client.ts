import { createClient, socketTransport, text } from '@flowsync/core'
import { defineStreams } from '@flowsync/protocol'
import type { SessionEdit } from '@flowsync/testkit/sessions'
import { WebSocket } from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import type { PeerName } from './peers.js'
import { TEXT_NAME } from './yjs-updates.js'

/** An application's own client of one text: the whole library, with its replica in memory. */
export interface FullClient {
  /** Resolves once it has what the server has. */
  readonly joined: Promise<void>
  text(): string
  edit(edits: readonly SessionEdit[]): Promise<void>
  disconnect(): void
  connect(): void
  /** Resolves once the server has acknowledged everything as durable; undefined where nobody tells. */
  acknowledged?(): Promise<void>
  close(): Promise<void>
}

/** Opens the text `document` with a peer's own client. Both use `ws`, as Node's own WebSocket is slower. */
export function openFullClient(peer: PeerName, url: string, document: string): FullClient {
  if (peer === 'flowsync') return openFlowSync(url, document)
  if (peer === 'y-websocket') return openYWebsocket(url, document)
  throw new Error(`${peer} has no client here`)
}

function openFlowSync(url: string, document: string): FullClient {
  const client = createClient({
    url,
    streams: defineStreams({ 'doc:*': text() }),
    token: () => 'bench',
    subject: 'bench',
    connect: true,
    transport: socketTransport({ WebSocket: WebSocket as unknown as typeof globalThis.WebSocket }),
  })
  const handle = client.stream(`doc:${document}`)
  return {
    joined: handle.whenReady().then(() => client.whenSynced()),
    text: () => handle.value,
    edit: async (edits) => {
      const receipts = edits.map(({ position, deleteCount, insert }) =>
        handle.replace(position, deleteCount, insert),
      )
      await Promise.all(receipts.map(({ saved }) => saved))
    },
    disconnect: () => client.goOffline(),
    connect: () => client.goOnline(),
    acknowledged: () => client.whenSynced(),
    close: () => client.close(),
  }
}

function openYWebsocket(url: string, document: string): FullClient {
  const doc = new Y.Doc()
  const shared = doc.getText(TEXT_NAME)
  const provider = new WebsocketProvider(url.replace(/^http/, 'ws'), document, doc, {
    WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
    disableBc: true,
  })
  return {
    joined: new Promise((resolve) => {
      const settle = (isSynced: boolean) => {
        if (isSynced) resolve()
      }
      provider.on('sync', settle)
    }),
    text: () => shared.toJSON(),
    edit: async (edits) => {
      for (const { position, deleteCount, insert } of edits) {
        doc.transact(() => {
          if (deleteCount > 0) shared.delete(position, deleteCount)
          if (insert !== '') shared.insert(position, insert)
        })
      }
    },
    disconnect: () => provider.disconnect(),
    connect: () => provider.connect(),
    close: async () => {
      provider.destroy()
      doc.destroy()
    },
  }
}
