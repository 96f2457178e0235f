import type { User } from '#lib/session.ts'

declare global {
  namespace App {
    interface Locals {
      /** The signed-in user, or null. */
      user: User | null
    }
  }
}
