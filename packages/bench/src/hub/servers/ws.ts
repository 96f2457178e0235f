import { EDIT } from '../ws-messages.js'
import type { RunningServer } from '../server-types.js'
import { startWsRooms } from './ws-rooms.js'

/** Sends on what one says to everybody in the room. Keeps nothing. */
export function start(): Promise<RunningServer> {
  return startWsRooms((message, _from, room) => {
    if (message[0] === EDIT) for (const socket of room) socket.send(message)
  })
}
