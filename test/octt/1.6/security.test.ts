import { expect } from 'vitest'
import { minutes, seconds } from '../../../src/base/units.ts'
import { octt } from './octt.ts'
import type { Rig } from './rig.ts'

/** AuthorizationKeys as OCPP-J 1.6 §6.2 has them: 16 to 20 bytes in hexadecimal. */
const keys = { old: '000102030405060708090A0B0C0D0E0F', fresh: 'F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF00010203' } as const
/** What HTTP basic authentication makes of identity and key. */
const basic = (key: string) => `Basic ${Buffer.concat([Buffer.from('CP-1:'), Buffer.from(key, 'hex')]).toString('base64')}`

/** The connection is closed and made again. */
async function reconnects(t: Rig): Promise<void> {
  const before = t.central.upgrades.length
  await t.until('the station connects again', () => t.central.upgrades.length > before && t.central.isConnected, minutes(10))
}

octt(
  'TC_073_CS Update HTTP Basic password (AuthorizationKey)',
  async (t) => {
    await t.boots()
    expect(t.central.upgrades.at(-1)?.headers.authorization).toBe(basic(keys.old))
    await t.configures({ AuthorizationKey: keys.fresh })
    t.central.demands(basic(keys.fresh))
    await reconnects(t)
    // A mere reconnect is no boot.
    await t.nothingMore(minutes(1))
    expect(await t.asks('GetConfiguration', { key: ['AuthorizationKey'] })).toEqual({ unknownKey: ['AuthorizationKey'] })
    const { configurationKey } = await t.asks('GetConfiguration', {})
    expect(JSON.stringify(configurationKey)).not.toContain(keys.fresh)
    // It outlives a power failure.
    await t.powerCycle()
    await t.boots()
  },
  { settings: { AuthorizationKey: keys.old } },
)

octt('TC_083_CS Upgrade security profile', async (t) => {
  await t.boots()
  expect(await t.valueOf('SecurityProfile')).toBe('0')
  // Without a password there is no profile 1.
  expect(await t.asks('ChangeConfiguration', { key: 'SecurityProfile', value: '1' })).toEqual({ status: 'Rejected' })
  await t.configures({ AuthorizationKey: keys.old })
  await reconnects(t)
  await t.nothingMore()
  // One with which there is no connection is given up (A05.FR.08).
  await t.configures({ SecurityProfile: '1' })
  const dials = t.central.upgrades.length
  t.central.demands('Basic nobody')
  await t.until('three refusals', () => t.central.upgrades.length === dials + 3, minutes(10))
  t.central.demands(basic(keys.old))
  await t.until('the station connects again', () => t.central.isConnected, minutes(10))
  await t.nothingMore(minutes(1))
  expect(await t.valueOf('SecurityProfile')).toBe('0')
  // Then there is one, and the reset that the case knows.
  await t.configures({ SecurityProfile: '1' })
  await reconnects(t)
  await t.nothingMore()
  expect(await t.asks('Reset', { type: 'Hard' })).toEqual({ status: 'Accepted' })
  await t.boots()
  expect(await t.valueOf('SecurityProfile')).toBe('1')
  expect(t.central.upgrades.at(-1)?.headers.authorization).toBe(basic(keys.old))
})

octt(
  'TC_084_CS Downgrade security profile - Rejected',
  async (t) => {
    await t.boots()
    for (const value of ['0', '1']) expect(await t.asks('ChangeConfiguration', { key: 'SecurityProfile', value })).toEqual({ status: 'Rejected' })
    expect(await t.valueOf('SecurityProfile')).toBe('1')
    await t.nothingMore(seconds(30))
    expect(t.central.upgrades).toHaveLength(1)
  },
  { settings: { AuthorizationKey: keys.old, SecurityProfile: '1' } },
)

octt(
  'TC_085_CS Basic authentication - valid',
  async (t) => {
    t.central.demands(basic(keys.old))
    await t.boots()
    const [upgrade] = t.central.upgrades
    expect(upgrade?.url).toBe('/ocpp/CP-1')
    expect(upgrade?.headers).toMatchObject({ authorization: basic(keys.old), 'sec-websocket-protocol': 'ocpp1.6' })
  },
  { settings: { AuthorizationKey: keys.old, SecurityProfile: '1' } },
)
