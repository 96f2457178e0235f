import { escapeXml } from './xml.js'

/** One bar, longer for more. */
export interface Bar {
  readonly label: string
  readonly value: number
  /** What stands beside the bar. */
  readonly caption: string
  /** The bar that the chart is about. */
  readonly isOwn?: boolean
  /** Not a competitor but what is the least possible; drawn paler. */
  readonly isFloor?: boolean
}

export interface BarPanel {
  readonly title: string
  readonly bars: readonly Bar[]
}

export interface BarChart {
  readonly title: string
  readonly panels: readonly BarPanel[]
}

const WIDTH = 760
const LABEL_WIDTH = 110
const CAPTION_WIDTH = 150
const BAR_SPACE = WIDTH - LABEL_WIDTH - CAPTION_WIDTH
const BAR_HEIGHT = 14
const LINE_HEIGHT = 20
const TITLE_HEIGHT = 30
const PANEL_GAP = 18
/** Bars longer than this many times the chart's own one are cut, or the others would be too short to compare. */
const CUT_FACTOR = 12

// Colours that have enough contrast on white and on GitHub's dark grey, also for those who see no red.
const STYLE = `
  text { font: 12px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; fill: #3d444d }
  .title { font-size: 13px; font-weight: 600; fill: #1f2328 }
  .own { fill: #0969da } .other { fill: #8c959f } .floor { fill: #d0d7de } .cut { stroke: #ffffff; stroke-width: 3 }
  .strong { font-weight: 600; fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #c9d1d9 } .title { fill: #f0f6fc } .own { fill: #58a6ff } .other { fill: #7d8590 } .floor { fill: #3d444d }
    .cut { stroke: #0d1117 } .strong { fill: #58a6ff }
  }`

/** Bars from left to right, one panel below the other, as an SVG that suits light and dark pages. */
export function barChart({ title, panels }: BarChart): string {
  const parts: string[] = []
  let top = 0
  for (const panel of panels) {
    parts.push(panelOf(panel, top))
    top += TITLE_HEIGHT + panel.bars.length * LINE_HEIGHT + PANEL_GAP
  }
  const height = top - PANEL_GAP + 6
  const name = escapeXml(title)
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${name}">\n` +
    `<title>${name}</title>\n<style>${STYLE}\n</style>\n${parts.join('\n')}\n</svg>\n`
  )
}

/** The longest value that is drawn to scale. */
export function scaleEnd(bars: readonly Bar[]): number {
  const longest = Math.max(0, ...bars.map(({ value }) => value))
  const own = bars.find(({ isOwn }) => isOwn)?.value ?? longest
  return Math.min(longest, own * CUT_FACTOR) || 1
}

function panelOf({ title, bars }: BarPanel, top: number): string {
  const end = scaleEnd(bars)
  const lines = bars.map((bar, index) => barOf(bar, top + TITLE_HEIGHT + index * LINE_HEIGHT, end))
  return [`<text class="title" x="0" y="${top + 18}">${escapeXml(title)}</text>`, ...lines].join('\n')
}

function barOf({ label, value, caption, isOwn, isFloor }: Bar, top: number, end: number): string {
  const isCut = value > end
  const length = Math.max(1, Math.round((Math.min(value, end) / end) * BAR_SPACE))
  const kind = isOwn ? 'own' : isFloor ? 'floor' : 'other'
  const strong = isOwn ? ' class="strong"' : ''
  const baseline = top + BAR_HEIGHT - 3
  const cut = isCut
    ? `<path class="cut" d="M${LABEL_WIDTH + length - 26} ${top - 2} l-7 ${BAR_HEIGHT + 4} m7 0 l7 ${-BAR_HEIGHT - 4}"/>`
    : ''
  return (
    `<text${strong} x="${LABEL_WIDTH - 8}" y="${baseline}" text-anchor="end">${escapeXml(label)}</text>` +
    `<rect class="${kind}" x="${LABEL_WIDTH}" y="${top}" width="${length}" height="${BAR_HEIGHT}" rx="2"/>${cut}` +
    `<text${strong} x="${LABEL_WIDTH + length + 6}" y="${baseline}">${escapeXml(caption)}</text>`
  )
}
