import type { Process } from './process.js'
import type { Random } from './random.js'

interface Member {
  send(frame: Uint8Array): void
}

/**
 * The cluster's publish and subscribe: at most once, to whoever is in the room, perhaps late, perhaps twice, perhaps
 * never. What it loses must be found in the log.
 */
export class Bus {
  private readonly random: Random
  private readonly rooms = new Map<string, Set<Member>>()
  /** Share of deliveries that never arrive. */
  loss = 0
  /** Publications take up to this long, each on its own: later ones may overtake. */
  delayMs = 0
  /** Publications of an earlier one are lost. */
  private generation = 0

  constructor(random: Random) {
    this.random = random
  }

  join(room: string, member: Member): void {
    let members = this.rooms.get(room)
    if (!members) this.rooms.set(room, (members = new Set()))
    members.add(member)
  }

  leave(room: string, member: Member): void {
    this.rooms.get(room)?.delete(member)
  }

  leaveAll(member: Member): void {
    for (const members of this.rooms.values()) members.delete(member)
  }

  /** Starts anew: what is under way is lost. From now on nothing is delayed. */
  restart(loss: number): void {
    this.generation++
    this.loss = loss
    this.delayMs = 0
  }

  /** Publishes for a hub process to everybody who is in the room on arrival. */
  publish(process: Process, room: string, frame: Uint8Array): void {
    const copy = frame.slice()
    const copies = this.delayMs > 0 && this.random.chance(0.1) ? 2 : 1
    const { generation } = this
    for (let number = 0; number < copies; number++) {
      process.schedule(this.random.next() * this.delayMs, `publishes to ${room}`, () => {
        if (generation !== this.generation) return
        for (const member of this.rooms.get(room) ?? []) {
          if (!this.random.chance(this.loss)) member.send(copy)
        }
      })
    }
  }
}
