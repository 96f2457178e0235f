import { joinDocument } from './join-document.js'
import type { JoinerOptions } from './joiner-process.js'

// A client in a new process: all is imported, and nothing of it has run.
const { peer, url, document } = JSON.parse(process.argv[2] ?? '{}') as JoinerOptions
process.on('disconnect', () => process.exit())
process.send?.(await joinDocument(peer, url, document))
