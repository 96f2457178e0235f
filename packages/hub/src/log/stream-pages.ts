import type { LogDriver, StreamHead } from '../storage/driver.js'

const PAGE = 100

/** All workspaces of a storage in the order of their names, read page by page. */
export async function* workspacesOf(storage: LogDriver): AsyncGenerator<string> {
  let after: string | undefined
  for (;;) {
    const page = await storage.listWorkspaces({ after, limit: PAGE })
    yield* page
    after = page.at(-1)
    if (page.length < PAGE) return
  }
}

/** All streams of a workspace in the order of their names, read page by page. */
export async function* streamsOf(storage: LogDriver, workspace: string): AsyncGenerator<StreamHead> {
  let after: string | undefined
  for (;;) {
    const page = await storage.listStreams(workspace, { after, limit: PAGE })
    yield* page
    after = page.at(-1)?.stream
    if (page.length < PAGE) return
  }
}
