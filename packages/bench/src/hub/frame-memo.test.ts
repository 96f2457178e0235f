import { expect, it } from 'vitest'
import { FrameMemo } from './frame-memo.js'

it('decodes what comes to many alike once, and any other byte anew', () => {
  const decoded: string[] = []
  const memo = new FrameMemo<string>()
  const read = (text: string) =>
    memo.read(
      Buffer.from(text),
      (bytes) => {
        decoded.push(bytes.toString())
        return bytes.toString().toUpperCase()
      },
      (meaning) => meaning !== 'OWN',
    )
  expect(['ab', 'ab', 'ac', 'own', 'own', 'ab'].map(read)).toEqual(['AB', 'AB', 'AC', 'OWN', 'OWN', 'AB'])
  expect(decoded).toEqual(['ab', 'ac', 'own', 'own'])
})

it('is not fooled when the memory of a frame is used again', () => {
  const memo = new FrameMemo<string>()
  const bytes = Buffer.from('old')
  const read = () => memo.read(bytes, String, () => true)
  expect(read()).toBe('old')
  bytes.write('new')
  expect(read()).toBe('new')
})
