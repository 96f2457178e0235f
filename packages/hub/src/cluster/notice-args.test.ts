import { describe, expect, it } from 'vitest'
import { argsOfNotice, noticeOfArgs } from './notice-args.js'

const notice = {
  workspace: 'default',
  stream: 'doc:a',
  epoch: 'aaaaaaaaaaaaaaaa',
  seq: 7,
  frame: Uint8Array.of(0x50, 0, 255, 128),
}

describe('a notice between hubs', () => {
  it.each([false, true])('comes as it went (as text: %s)', (isText) => {
    const args = argsOfNotice(notice, isText)
    const arrived = noticeOfArgs(isText ? (JSON.parse(JSON.stringify(args)) as unknown[]) : args)
    expect({ ...arrived, frame: Uint8Array.from(arrived?.frame ?? []) }).toEqual(notice)
  })

  it.each([
    [[]],
    [['default', 'doc:a', 'aaaaaaaaaaaaaaaa', 7]],
    [['default', 'doc:a', 'aaaaaaaaaaaaaaaa', '7', Uint8Array.of(1)]],
    [['default', 'doc:a', 'aaaaaaaaaaaaaaaa', Number.NaN, Uint8Array.of(1)]],
    [['default', 'doc:a', 'aaaaaaaaaaaaaaaa', Infinity, Uint8Array.of(1)]],
    [['default', 'doc:a', 'aaaaaaaaaaaaaaaa', -1, Uint8Array.of(1)]],
    [[1, 'doc:a', 'aaaaaaaaaaaaaaaa', 7, Uint8Array.of(1)]],
    [['default', null, 'aaaaaaaaaaaaaaaa', 7, Uint8Array.of(1)]],
    [['default', 'doc:a', {}, 7, Uint8Array.of(1)]],
    [['default', 'doc:a', 'aaaaaaaaaaaaaaaa', 7, { length: 3 }]],
  ])('is passed over when it is none: %j', (args) => {
    expect(noticeOfArgs(args)).toBe(undefined)
  })
})
