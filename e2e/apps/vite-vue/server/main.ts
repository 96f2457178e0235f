import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { text } from 'node:stream/consumers'
import { api } from './api.ts'

const dist = join(import.meta.dirname, '../dist')
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}
const host = process.env['HOST'] ?? '127.0.0.1'
const port = Number(process.env['PORT'] ?? 3000)

/** The built files, and `index.html` for the routes of the application. */
async function page(path: string): Promise<Response> {
  const name = path === '/static' ? 'static.html' : extname(path) === '' ? 'index.html' : path
  const file = await readFile(join(dist, normalize(`/${name}`))).catch(() => undefined)
  if (!file) return new Response('Not found', { status: 404 })
  return new Response(file, {
    headers: { 'content-type': types[extname(name)] ?? 'application/octet-stream' },
  })
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { method = 'GET', headers, url = '/' } = incoming
  const request = new Request(new URL(url, `http://${host}:${port}`), {
    method,
    headers: { cookie: headers.cookie ?? '' },
    ...(method === 'POST' ? { body: await text(incoming) } : {}),
  })
  const { pathname } = new URL(request.url)
  const response = await (pathname.startsWith('/api/') ? api(request) : page(pathname))
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.end(Buffer.from(await response.arrayBuffer()))
}

createServer((incoming, outgoing) => {
  answer(incoming, outgoing).catch((error: unknown) => {
    console.error(error)
    outgoing.writeHead(500).end()
  })
}).listen(port, host)
