import { createHubToken } from '@flowsync/token'
import type { Author } from './author.js'
import { Forger } from './forger.js'
import { LoadClient } from './load-client.js'
import type { LoadCommand, LoadReport } from './load-messages.js'
import { CHAOS_WORKSPACE } from './marks.js'

const TOKEN_SECONDS = 3_600

// A few authors in a process of their own, told what to do by the parent. It ends when the parent does.
const authors = new Map<number, Author>()

function report(message: LoadReport): void {
  // The channel may be closing.
  process.send?.(message, undefined, {}, () => undefined)
}

function start({ authors: configs, authorCount, secret, seed }: LoadCommand & { type: 'start' }): void {
  for (const { author, kind, url } of configs) {
    const token = (): Promise<string> =>
      createHubToken({
        subject: `author${author}`,
        grants: ['write:*'],
        secret,
        workspace: CHAOS_WORKSPACE,
        expiresInSeconds: TOKEN_SECONDS,
      })
    const options = { author, authorCount, url, seed, token, report }
    authors.set(author, kind === 'client' ? new LoadClient(options) : new Forger(options))
  }
}

async function finish(): Promise<void> {
  for (const [author, { history, finalStreams }] of authors) {
    report({ type: 'result', author, history, streams: finalStreams })
  }
  await Promise.all([...authors.values()].map((author) => author.close()))
  report({ type: 'finished' })
}

async function obey(command: LoadCommand): Promise<void> {
  switch (command.type) {
    case 'start':
      start(command)
      await Promise.all([...authors.values()].map((author) => author.whenReady()))
      return report({ type: 'ready' })
    case 'write':
      return authors.forEach((author) => author.write())
    case 'rest':
      return authors.forEach((author) => author.rest())
    case 'offline':
    case 'online':
      return authors.get(command.author)?.setOnline(command.type === 'online')
    case 'status':
      return report({ type: 'status', authors: [...authors.values()].map(({ status }) => status) })
    case 'finish':
      return finish()
  }
}

process.on('message', (command: LoadCommand) => {
  obey(command).catch((error: unknown) => {
    report({ type: 'problem', text: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  })
})
process.on('disconnect', () => process.exit(0))
// Ctrl-C in a terminal reaches the whole group; the parent decides when it is over.
process.on('SIGINT', () => undefined)
