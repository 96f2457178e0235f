/** What a figure counts. */
export type Unit = 'ms' | 'bytes' | 'per second' | 'seconds' | 'percent' | 'ratio' | 'count'

/** A figure as tables and pages show it: three digits, and a unit of fitting size. 1 KB is 1,000 bytes. */
export function formatFigure(value: number, unit: Unit): string {
  switch (unit) {
    case 'ms':
      return `${digits(value)} ms`
    case 'bytes':
      return scaled(value, ['B', 'KB', 'MB'], ' ')
    case 'per second':
      return `${scaled(value, ['', 'k', 'M'], '')}/s`
    case 'seconds':
      return `${digits(value)} s`
    case 'percent':
      return `${digits(value)} %`
    case 'ratio':
      return formatRatio(value)
    case 'count':
      return digits(value)
  }
}

function scaled(
  value: number,
  [one, thousand, million]: readonly [string, string, string],
  gap: string,
): string {
  if (value >= 999_500) return `${digits(value / 1_000_000)}${gap}${million}`
  if (value >= 999.5) return `${digits(value / 1_000)}${gap}${thousand}`
  return `${digits(value)}${gap}${one}`
}

/** A ratio as tables show it: `0.31x`, `12x`. */
export function formatRatio(value: number): string {
  return `${digits(value)}x`
}

/** At most three significant digits, no fraction from 100 on, thousands apart. */
function digits(value: number): string {
  if (value >= 99.95) return Math.round(value).toLocaleString('en-US')
  if (value >= 9.995) return value.toFixed(1)
  if (value >= 0.0995) return value.toFixed(2)
  return value.toPrecision(2)
}
