import type { CSSProperties } from 'react'
import { hueOf } from '@/lib/user'

export function Avatar({ name }: { name: string }) {
  return (
    <span className="avatar" style={{ '--hue': hueOf(name) } as CSSProperties} aria-hidden="true">
      {[...name][0]?.toUpperCase()}
    </span>
  )
}
