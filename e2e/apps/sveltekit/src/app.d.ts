import type { User } from '#lib/session.ts'

declare global {
  namespace App {
    interface Locals {
      /** Who is signed in, or null. */
      user: User | null
    }
  }
}
