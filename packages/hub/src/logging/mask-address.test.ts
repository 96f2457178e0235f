import { describe, expect, it } from 'vitest'
import { maskAddress } from './mask-address.js'

describe('maskAddress', () => {
  it.each([
    ['127.0.0.1', '127.0.***.***'],
    ['203.0.113.77', '203.0.***.***'],
    ['::ffff:203.0.113.77', '203.0.***.***'],
    ['::FFFF:10.1.2.3', '10.1.***.***'],
    ['2001:db8:85a3::8a2e:370:7334', '2001:db8:***'],
    ['fe80::1%eth0', 'fe80:***'],
    ['::1', '::***'],
    ['unknown', '***'],
    ['', '***'],
    ['203.0.113.77, 10.0.0.1', '***'],
  ])('%s is logged as %s', (address, masked) => {
    expect(maskAddress(address)).toBe(masked)
  })
})
