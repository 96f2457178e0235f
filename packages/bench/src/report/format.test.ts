import { expect, it } from 'vitest'
import { formatFigure, formatRatio } from './format.js'

it.each([
  [0.0123, '0.012 ms'],
  [0.5, '0.50 ms'],
  [7.84, '7.84 ms'],
  [9.999, '10.0 ms'],
  [99.96, '100 ms'],
  [9_878.2, '9,878 ms'],
])('formatFigure(%d) is %s', (value, text) => {
  expect(formatFigure(value, 'ms')).toBe(text)
})

it.each([
  [8.2, '8.20 B'],
  [999.4, '999 B'],
  [999.6, '1.00 KB'],
  [75_000, '75.0 KB'],
  [1_206_000, '1.21 MB'],
])('formatFigure(%d bytes) is %s', (value, text) => {
  expect(formatFigure(value, 'bytes')).toBe(text)
})

it.each([
  [152_000, 'per second', '152k/s'],
  [4_100_000, 'per second', '4.10M/s'],
  [60, 'per second', '60.0/s'],
  [0.2, 'seconds', '0.20 s'],
  [12.34, 'percent', '12.3 %'],
  [0.9, 'ratio', '0.90x'],
  [1, 'count', '1.00'],
] as const)('formatFigure(%d %s) is %s', (value, unit, text) => {
  expect(formatFigure(value, unit)).toBe(text)
})

it('formatRatio keeps what tells ratios apart', () => {
  expect([0.0083, 0.35, 1, 12.34, 1_266].map(formatRatio)).toEqual([
    '0.0083x',
    '0.35x',
    '1.00x',
    '12.3x',
    '1,266x',
  ])
})
