import { test } from '@playwright/test'
import { startHub, SECRET } from './support/servers.js'
import { freePort, startService } from './support/processes.js'
test('dbg', async ({ page }) => {
  const hub = await startHub()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const app = await startService({ name: 's', args: ['e2e/fixtures/sveltekit/dist/index.js'], cwd: process.cwd(), env: { HOST: '127.0.0.1', PORT: String(port), ORIGIN: url, FLOWSYNC_HUB_URL: hub.url, FLOWSYNC_SECRET: SECRET }, url, healthUrl: url })
  page.on('console', (m) => console.log('console', m.text()))
  page.on('websocket', (ws) => { console.log('ws', ws.url()); ws.on('framereceived', (f) => console.log('<', f.payload.toString().slice(0, 100))); ws.on('framesent', (f) => console.log('>', f.payload.toString().slice(0, 100))); ws.on('close', () => console.log('closed')); ws.on('socketerror', (e) => console.log(e)) })
  page.on('response', (r) => console.log(r.status(), r.url()))
  await page.goto(url)
  await page.waitForTimeout(3000)
  console.log(await page.locator('body').textContent())
  await app.stop(); await hub.dispose()
})
