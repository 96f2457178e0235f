import { describe, expect, it } from 'vitest'
import { barChart, scaleEnd, type Bar } from './bar-chart.js'

const bars: Bar[] = [
  { label: 'flowsync', value: 10, caption: '10 ms', isOwn: true },
  { label: '<peer>', value: 60, caption: '60 ms & more' },
  { label: 'slow', value: 5_000, caption: '5 s' },
]
const svg = barChart({ title: 'Edits "local"', panels: [{ title: 'a < b', bars }] })
const widths = [...svg.matchAll(/<rect[^>]* width="(\d+)"/g)].map(([, width]) => Number(width))

describe('scaleEnd', () => {
  it('is the longest bar, but no more than twelve times the own one', () => {
    expect(scaleEnd(bars.slice(0, 2))).toBe(60)
    expect(scaleEnd(bars)).toBe(120)
    expect(scaleEnd(bars.slice(1))).toBe(5_000)
    expect(scaleEnd([])).toBe(1)
  })
})

describe('barChart', () => {
  it('draws bars to scale, and cuts those that are too long', () => {
    const [own = 0, peer = 0, slow = 0] = widths
    expect(peer / own).toBeCloseTo(6, 1)
    expect(slow / own).toBeCloseTo(12, 0)
    expect(svg.match(/<path class="cut"/g)).toHaveLength(1)
  })

  it('escapes what it is given', () => {
    expect(svg).toContain('aria-label="Edits &quot;local&quot;"')
    expect(svg).toContain('>a &lt; b<')
    expect(svg).toContain('>&lt;peer&gt;<')
    expect(svg).toContain('>60 ms &amp; more<')
  })

  it('has colours for dark pages, and room for all that it draws', () => {
    expect(svg).toContain('prefers-color-scheme: dark')
    const height = Number(/viewBox="0 0 \d+ (\d+)"/.exec(svg)?.[1])
    const bottoms = [...svg.matchAll(/<rect[^>]* y="(\d+)"[^>]* height="(\d+)"/g)].map(
      ([, y, h]) => Number(y) + Number(h),
    )
    expect(Math.max(...bottoms)).toBeLessThan(height)
  })
})
