import { createServer } from 'node:net'

/** A port that was asked for by name and cannot be had. */
export class PortError extends Error {}

/**
 * @param {string | undefined} text what the user wrote
 * @param {string} name of the option or variable, for the message
 * @returns {number | undefined}
 */
export function parsePort(text, name) {
  if (text === undefined || text === '') return undefined
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65535) {
    throw new PortError(`${name}=${text} is not a port: it takes a number from 1 to 65535`)
  }
  return port
}

const addresses = ['127.0.0.1', '0.0.0.0', '::']

/**
 * Whether nothing listens on the port, on any address of this machine.
 *
 * @param {number} port
 */
export async function isPortFree(port) {
  for (const address of addresses) {
    if (!(await canListen(port, address))) return false
  }
  return true
}

/**
 * @param {number} port
 * @param {string} host
 * @returns {Promise<boolean>}
 */
function canListen(port, host) {
  return new Promise((resolve) => {
    const server = createServer()
    // An address family that this machine lacks says nothing about the port.
    server.once('error', (error) => resolve(!isTaken(error)))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** @param {NodeJS.ErrnoException} error */
const isTaken = (error) => error.code === 'EADDRINUSE' || error.code === 'EACCES'

/**
 * Decides on a port. One that was asked for is had or refused; the default gives way to the next free one.
 *
 * @param {object} wish
 * @param {number | undefined} wish.asked
 * @param {number} wish.preferred
 * @param {string} wish.name the option that asks for another, for the message
 * @param {readonly number[]} [wish.taken] ports that are promised to somebody else
 * @param {(port: number) => Promise<boolean>} [isFree]
 * @returns {Promise<{ port: number, note?: string }>}
 */
export async function choosePort({ asked, preferred, name, taken = [] }, isFree = isPortFree) {
  const usable = async (/** @type {number} */ port) => !taken.includes(port) && (await isFree(port))
  if (asked !== undefined) {
    if (taken.includes(asked))
      throw new PortError(`port ${asked} was asked for twice. Set ${name} to another one.`)
    if (await isFree(asked)) return { port: asked }
    throw new PortError(
      `port ${asked} is in use. Free it, or set ${name} to another one, or unset ${name} to let a free port be found.`,
    )
  }
  for (let port = preferred; port < preferred + 100 && port <= 65535; port += 1) {
    if (await usable(port)) {
      return port === preferred ? { port } : { port, note: `port ${preferred} is in use, taking ${port}` }
    }
  }
  throw new PortError(`no free port from ${preferred} on. Set ${name} to one that is.`)
}

/** @returns {Promise<number>} a port that was free a moment ago */
export function anyFreePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
