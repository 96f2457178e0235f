import { createInterface } from 'node:readline'
import { descendantsOf, signalProcess } from './process-tree.js'

// Lines of standard input add (`+PID`) and remove (`-PID`) processes. At its end those that are left are killed, with all they started.
const listed = new Set<number>()

for await (const line of createInterface({ input: process.stdin })) {
  const pid = Number(line.slice(1))
  if (line.startsWith('+')) listed.add(pid)
  else listed.delete(pid)
}
for (const pid of listed) {
  for (const id of [pid, ...descendantsOf(pid)]) signalProcess(id, 'SIGKILL')
}
