import { isIPv4, isIPv6 } from 'node:net'

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/**
 * An address as logs may hold it: the first half, which names a network and not a person.
 * `127.0.0.1` becomes `127.0.***.***`, `2001:db8::1` becomes `2001:db8:***`. Anything that is no
 * address becomes `***`.
 */
export function maskAddress(address: string): string {
  const plain = address.replace(/%.*$/, '')
  const mapped = MAPPED.exec(plain)?.[1] ?? plain
  if (isIPv4(mapped)) return `${mapped.split('.').slice(0, 2).join('.')}.***.***`
  if (!isIPv6(plain)) return '***'
  const [first = '', second = ''] = plain.split(':')
  return second === '' ? `${first === '' ? ':' : first}:***` : `${first}:${second}:***`
}
