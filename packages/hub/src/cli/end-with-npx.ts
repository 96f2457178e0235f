const LOOK_EVERY_MS = 300

/**
 * Ends this process as SIGTERM does when the npx that runs it has ended: npx hands the signal to a shell, which
 * hands it to nobody, and a hub without an owner would keep its port.
 */
export function endWithNpx(env: Readonly<Record<string, string | undefined>>): void {
  if (env['npm_command'] !== 'exec') return
  const shell = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, LOOK_EVERY_MS)
  timer.unref()
}
