import { createClient, socketTransport, text } from '@flowsync/core'
import { defineStreams } from '@flowsync/protocol'
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
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
  /** Resolves once it is offline. */
  disconnect(): Promise<void>
  connect(): void
  /** Resolves once the server has acknowledged everything as durable; undefined where nobody tells. */
  acknowledged?(): Promise<void>
  close(): Promise<void>
}

/** Opens the text `document` with a peer's own client. All connect with `ws`. */
export function openFullClient(peer: PeerName, url: string, document: string): FullClient {
  switch (peer) {
    case 'flowsync':
      return openFlowSync(url, document)
    case 'y-websocket':
      return openYWebsocket(url, document)
    case 'hocuspocus':
      return openHocuspocus(url, document)
    case 'floor':
    case 'ws':
    case 'ws+sqlite':
    case 'socket.io':
      throw new Error(`${peer} has no client of documents`)
  }
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
    disconnect: async () => client.goOffline(),
    connect: () => client.goOnline(),
    acknowledged: () => client.whenSynced(),
    close: () => client.close(),
  }
}

function openYWebsocket(url: string, document: string): FullClient {
  const doc = new Y.Doc()
  const provider = new WebsocketProvider(url.replace(/^http/, 'ws'), document, doc, {
    WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
    disableBc: true,
  })
  return {
    ...textOfDoc(doc),
    joined: new Promise((resolve) => {
      provider.on('sync', (isSynced: boolean) => {
        if (isSynced) resolve()
      })
    }),
    disconnect: async () => provider.disconnect(),
    connect: () => provider.connect(),
    close: async () => {
      provider.destroy()
      doc.destroy()
    },
  }
}

function openHocuspocus(url: string, document: string): FullClient {
  const doc = new Y.Doc()
  const socket = new HocuspocusProviderWebsocket({
    url: url.replace(/^http/, 'ws'),
    WebSocketPolyfill: WebSocket,
  })
  const provider = new HocuspocusProvider({
    websocketProvider: socket,
    name: document,
    document: doc,
    token: 'bench',
  })
  provider.attach()
  return {
    ...textOfDoc(doc),
    joined: new Promise((resolve) => void provider.on('synced', () => resolve())),
    disconnect: async () => {
      const closed = new Promise((resolve) => void socket.on('close', resolve))
      socket.disconnect()
      await closed
    },
    connect: () => void socket.connect(),
    close: async () => {
      provider.destroy()
      socket.destroy()
      doc.destroy()
    },
  }
}

function textOfDoc(doc: Y.Doc): Pick<FullClient, 'text' | 'edit'> {
  const shared = doc.getText(TEXT_NAME)
  return {
    text: () => shared.toJSON(),
    edit: async (edits) => {
      for (const { position, deleteCount, insert } of edits) {
        doc.transact(() => {
          if (deleteCount > 0) shared.delete(position, deleteCount)
          if (insert !== '') shared.insert(position, insert)
        })
      }
    },
  }
}
