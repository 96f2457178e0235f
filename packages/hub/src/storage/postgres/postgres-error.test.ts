import { createError } from '@flowsync/protocol'
import { describe, expect, it } from 'vitest'
import { isForbidden, isRace, isStale, postgresError } from './postgres-error.js'

const LABEL = 'PostgreSQL at db:5432/app'
const fromServer = (code: string, message = 'as the server says') =>
  Object.assign(new Error(message), { code })

describe('postgresError', () => {
  it.each([
    ['53100', 'storage/full', true, 'free space'],
    ['25006', 'storage/read-only', false, 'primary server'],
    ['XX001', 'storage/corrupt', false, 'backup'],
    ['XX002', 'storage/corrupt', false, 'backup'],
    ['28P01', 'config/invalid', false, 'pg_hba.conf'],
    ['28000', 'config/invalid', false, 'pg_hba.conf'],
    ['3D000', 'config/invalid', false, 'createdb'],
    ['42501', 'config/invalid', false, 'CREATE on the database'],
    ['42P07', 'config/invalid', false, 'another schema'],
    ['42P01', 'storage/unavailable', true, 'start the hub again'],
    ['53300', 'storage/unavailable', true, 'max_connections'],
    ['57014', 'storage/unavailable', true, 'in time'],
    ['55P03', 'storage/unavailable', true, 'lock'],
    ['57P01', 'storage/unavailable', true, 'shutting down or starting'],
    ['57P03', 'storage/unavailable', true, 'shutting down or starting'],
    ['08006', 'storage/unavailable', true, 'as the server says'],
    ['ECONNREFUSED', 'storage/unavailable', true, 'as the server says'],
  ])('%s is %s', (state, code, retryable, advice) => {
    const cause = fromServer(state)
    expect(postgresError(cause, LABEL)).toMatchObject({ code, retryable, cause })
    expect(postgresError(cause, LABEL).message).toContain(advice)
    expect(postgresError(cause, LABEL).message).toContain(LABEL)
  })

  it('keeps an error of ours', () => {
    const own = createError('stream/exists', 'There is one.')
    expect(postgresError(own, LABEL)).toBe(own)
  })

  it('takes whatever is thrown', () => {
    expect(postgresError('no', LABEL)).toMatchObject({ code: 'storage/unavailable' })
  })
})

describe('what another try settles', () => {
  it.each(['40001', '40P01', '23505'])('%s, also as the cause of an error', (state) => {
    expect(isRace(fromServer(state))).toBe(true)
    expect(isRace(postgresError(fromServer(state), LABEL))).toBe(true)
  })

  it('nothing else', () => {
    expect([fromServer('53100'), new Error('no'), undefined].map(isRace)).toEqual([false, false, false])
  })

  it('tells a stale append and a question that is not allowed apart', () => {
    expect([fromServer('22012'), fromServer('40001')].map(isStale)).toEqual([true, false])
    expect([fromServer('42501'), fromServer('42883'), fromServer('22012')].map(isForbidden)).toEqual([
      true,
      true,
      false,
    ])
  })
})
