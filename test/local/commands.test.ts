import { describe, expect, test } from 'vitest'
import { raisedFaults } from '../../src/core/charge-point.ts'
import { commands } from '../../src/local/commands.ts'
import { errorCodes, faultByErrorCode } from '../../src/local/error-codes.ts'
import { chargingReading, type Desk, desk, transaction } from './desk.ts'

const nobody = { end() {}, after() {} }
const type = (at: Desk, line: string) => commands(at.context).run(line, nobody)

describe('status', () => {
  test('is one line of JSON with every figure and its unit in the name', async () => {
    const at = desk()
    at.change(1, {
      status: 'charging',
      transaction: transaction(1),
      offered: { amps: 16, heldBy: 'cable' },
      report: { isPlugged: true, pilot: 'C', contactor: 'closed', reading: chargingReading },
    })
    at.reservations.push({ id: 3, evse: 0, token: 'CAFE', until: Date.parse('2026-03-01T10:15:00Z') })
    const reply = await type(at, 'status')
    expect(reply).toMatch(/^ok \{[^\n]*\}$/)
    expect(JSON.parse(reply.slice(3))).toEqual({
      id: 'CP1',
      link: 'connected',
      reports: { waiting: 2, undeliverable: 1 },
      operative: true,
      automaticEv: false,
      reservations: [{ id: 3, connector: 0, tag: 'CAFE', until: '2026-03-01T10:15:00.000Z' }],
      connectors: [
        {
          connector: 1,
          status: 'charging',
          info: null,
          transaction: 17,
          transactionUuid: 't1',
          tag: 'CARD',
          waitingTag: null,
          meterWh: 112.4,
          transactionWh: 12.4,
          amps: 15.9,
          volts: 230,
          watts: 3657,
          offeredAmps: 16,
          heldBy: 'cable',
          operative: true,
          plugged: true,
          pilot: 'C',
          contactor: 'closed',
          lock: 'unlocked',
          faults: [],
          raised: null,
        },
      ],
    })
    expect(at.asked).toEqual([])
  })

  test('without a meter reading its figures are null, not missing', async () => {
    const [connector] = JSON.parse((await type(desk(), 'status')).slice(3)).connectors
    expect(connector).toMatchObject({ amps: null, volts: null, watts: null, transaction: null, tag: null })
  })

  test('preparing: a person plugs in, and the reply comes when the state is there', async () => {
    const at = desk()
    const reply = type(at, 'status preparing')
    await at.clock.advance(100)
    expect(at.asked).toContain('plug 1')
    at.change(1, { status: 'preparing', report: { isPlugged: true } })
    expect(await reply).toBe('ok preparing')
  })

  test('charging: a person plugs in and shows the default card', async () => {
    const at = desk({ connectors: 2 })
    at.outcome = 'started'
    at.reactions.set('plug 2', () => at.change(2, { report: { isPlugged: true } }))
    const reply = type(at, 'status Charging 2')
    await at.clock.advance(100)
    expect(at.asked.slice(-3)).toEqual(['plug 2', 'wantEnergy 2 true', 'present DEFAULT 2'])
    at.change(2, { status: 'charging' })
    expect(await reply).toBe('ok charging')
  })

  test('charging with a card that is refused says why, at once', async () => {
    const at = desk()
    at.outcome = 'blocked'
    at.reactions.set('plug 1', () => at.change(1, { report: { isPlugged: true } }))
    expect(await type(at, 'status charging')).toMatch(/^error blocked/)
  })

  test('finishing: the card ends the transaction and the cable stays', async () => {
    const at = desk()
    at.change(1, { status: 'charging', transaction: transaction(1), report: { isPlugged: true } })
    at.reactions.set('stop 1 local CARD', () => at.change(1, { status: 'finishing', transaction: undefined }))
    expect(await type(at, 'status finishing')).toBe('ok finishing')
    expect(at.asked).not.toContain('unplug 1')
  })

  test('available: everything that stands in the way is taken back', async () => {
    const at = desk()
    at.change(1, { status: 'faulted', raised: 'other', isOperative: false, transaction: transaction(1), report: { isPlugged: true } })
    at.reactions.set('unplug 1', () => at.change(1, { report: { isPlugged: false }, transaction: undefined, status: 'available' }))
    expect(await type(at, 'status available')).toBe('ok available')
    expect(at.asked).toEqual(['raise 1 nothing', 'clearFaults 1', 'availability 1 true', 'stop 1 local CARD', 'unplug 1'])
  })

  test('faulted and unavailable need no hands', async () => {
    const at = desk({ isSimulated: false })
    at.reactions.set('raise 1 other', () => at.change(1, { status: 'faulted' }))
    expect(await type(at, 'status faulted')).toBe('ok faulted')
    at.reactions.set('availability 1 false', () => at.change(1, { status: 'unavailable' }))
    expect(await type(at, 'status unavailable')).toBe('ok unavailable')
  })

  test('a real board says what only a hand can do', async () => {
    const at = desk({ isSimulated: false })
    expect(await type(at, 'status charging')).toBe('error a car must be plugged in at connector 1 by hand')
    at.change(1, { status: 'finishing', report: { isPlugged: true } })
    expect(await type(at, 'status available')).toBe('error the car at connector 1 must be unplugged by hand')
  })

  test('a state that does not come is an error after 30 s, with what stands in the way', async () => {
    const at = desk()
    const reply = type(at, 'status preparing')
    await at.clock.advance(100)
    at.change(1, { status: 'faulted', faults: ['diode'] })
    await at.clock.advance(30_000)
    expect(await reply).toBe('error connector 1 is faulted after 30 s, not preparing (diode)')
  })
})

describe('error', () => {
  test('every errorCode of OCPP 1.6 reports its own fault, in any case', async () => {
    expect(Object.values(faultByErrorCode).toSorted()).toEqual([...raisedFaults].toSorted())
    for (const code of errorCodes) {
      const at = desk()
      expect(await type(at, `error ${code.toLowerCase()}`)).toBe('ok')
      expect(at.asked).toEqual([`raise 1 ${faultByErrorCode[code]}`])
    }
  })

  test('noerror clears one connector, or every one', async () => {
    const at = desk({ connectors: 2 })
    await type(at, 'error NoError 2')
    await type(at, 'error noerror')
    expect(at.asked).toEqual(['raise 2 nothing', 'raise 1 nothing', 'raise 2 nothing'])
  })

  test('a code that OCPP does not have is refused with those it has', async () => {
    expect(await type(desk(), 'error Broken')).toMatch(/^error errorCode\|noerror "Broken" is not one of noerror, ConnectorLockFailure/)
  })
})

describe('cards', () => {
  test('start and tag reach the one reader for all, or that of a connector', async () => {
    const at = desk({ connectors: 2 })
    expect(await type(at, 'start 04A2')).toBe('ok waiting for the cable')
    await type(at, 'start "A B" 2')
    await type(at, 'tag')
    await type(at, 'tag X 1')
    expect(at.asked).toEqual(['present 04A2', 'present A B 2', 'present DEFAULT', 'present X 1'])
  })

  test('a refusal is an error with its reason', async () => {
    const at = desk()
    for (const outcome of ['invalid', 'blocked', 'expired', 'concurrent', 'unknownOffline', 'noEvse'] as const) {
      at.outcome = outcome
      expect(await type(at, 'tag')).toMatch(/^error \w+/)
    }
  })

  test('start says what a card that was accepted waits for: the cable, or the lock of its plug', async () => {
    const at = desk()
    at.change(1, { waitingToken: 'CARD' })
    expect(await type(at, 'start card')).toBe('ok waiting for the cable')
    at.change(1, { report: { isPlugged: true } })
    expect(await type(at, 'start card')).toBe('ok waiting for the plug to be locked')
    expect(at.asked).toEqual([])
  })

  test('start never stops: a card that charges already is told so', async () => {
    const at = desk()
    at.change(1, { transaction: transaction(1, 'card') })
    expect(await type(at, 'start CARD')).toMatch(/^error connector 1 has a transaction already/)
    expect(await type(at, 'start OTHER 1')).toMatch(/^error connector 1 has a transaction already/)
    expect(at.asked).toEqual([])
  })

  test('stop takes a card back that still waits for the cable', async () => {
    const at = desk()
    at.outcome = 'cancelled'
    at.change(1, { waitingToken: 'CARD' })
    expect(await type(at, 'stop')).toMatch(/^ok cancelled/)
    expect(at.asked).toEqual(['present CARD 1'])
  })

  test('stop ends the one transaction, and asks which when there are several', async () => {
    const at = desk({ connectors: 2 })
    expect(await type(at, 'stop')).toBe('error no transaction runs')
    at.change(2, { transaction: transaction(2) })
    expect(await type(at, 'stop')).toBe('ok stopped')
    expect(await type(at, 'stop 1')).toBe('error no transaction runs at connector 1')
    at.change(1, { transaction: transaction(1) })
    expect(await type(at, 'stop')).toMatch(/connectors 1, 2/)
    expect(await type(at, 'stop 1')).toBe('ok stopped')
    expect(at.asked).toEqual(['stop 2 local CARD', 'stop 1 local CARD'])
  })
})

describe('the rest of the table', () => {
  test('current is a local limit, of one connector or all', async () => {
    const at = desk({ connectors: 2 })
    expect(await type(at, 'current 10')).toBe('ok')
    expect(await type(at, 'current 6.5 2')).toBe('ok')
    expect(at.asked).toEqual(['limit all local 10', 'limit 2 local 6.5'])
  })

  test('the socket is closed, opened and cut', async () => {
    const at = desk()
    for (const line of ['disconnect', 'connect', 'offline', 'offline 0.7']) expect(await type(at, line)).toBe('ok')
    expect(at.asked).toEqual(['disconnect', 'connect', 'interrupt 30000', 'interrupt 700'])
  })

  test('the automatic EV goes on and off where there is one', async () => {
    const at = desk()
    expect(await type(at, 'auto on')).toBe('ok')
    expect(at.context.automaticEv?.isOn).toBe(true)
    expect(await type(desk({ isSimulated: false }), 'auto on')).toMatch(/^error this board has real hardware/)
  })

  test('info is one readable line for all connectors', async () => {
    const at = desk({ connectors: 2 })
    at.change(1, { status: 'charging', transaction: transaction(1), report: { reading: chargingReading } })
    expect(await type(at, 'info')).toBe(
      'ok 1: charging, transaction 17, tag CARD, 112 Wh, 15.9 A, 230 V, 3657 W, charging yes; 2: available, transaction none, tag none, 0 Wh, - A, - V, - W, charging no',
    )
  })

  test.each([
    [{ amps: 10, heldBy: 'charging profile' }, ', limited to 10 A by a charging profile'],
    [{ amps: 6.04, heldBy: 'station profile' }, ', limited to 6 A by a profile for the whole station'],
    [{ amps: 50, watts: 20_000, heldBy: 'local' }, ', limited to 20000 W by the local limit'],
    [{ amps: 0, heldBy: 'off-peak' }, ', limited to 0 A by the off-peak hours'],
    [{ amps: 32, heldBy: 'board' }, ''],
    [{ amps: 16, heldBy: 'guard' }, ''],
  ])('info says who limits a transaction: %o', async (offered, words) => {
    const at = desk()
    at.change(1, { status: 'charging', transaction: transaction(1), offered })
    expect(await type(at, 'info')).toMatch(new RegExp(`charging yes${words}$`))
    at.change(1, { status: 'available', transaction: undefined })
    expect(await type(at, 'info')).toMatch(/charging no$/)
  })

  test('info says whom a place is kept for', async () => {
    const at = desk({ connectors: 2 })
    at.reservations.push({ id: 3, evse: 2, token: 'CAFE', until: Date.parse('2026-03-01T10:15:00Z') })
    expect(await type(at, 'info')).toMatch(/charging no; 2: [^;]*charging no, kept for CAFE until 2026-03-01T10:15:00\.000Z$/)
  })

  test('exit ends the session and quit the program, after the reply', async () => {
    const at = desk()
    const later: (() => void)[] = []
    let ended = 0
    const session = { end: () => ended++, after: (run: () => void) => later.push(run) }
    for (const line of ['exit', 'quit', 'shutdown']) expect(await commands(at.context).run(line, session)).toBe('ok')
    expect([ended, at.stopped]).toEqual([0, 0])
    for (const run of later) run()
    expect([ended, at.stopped]).toEqual([1, 2])
  })

  test('help names every command on one line, and explains one', async () => {
    const reply = await type(desk(), 'help')
    expect(reply).toMatch(/^ok [^\n]*$/)
    for (const usage of [
      'status [available|',
      'error <errorCode|noerror> [c]',
      'start <idTag> [c]',
      'stop [c]',
      'tag [idTag] [c]',
      'current <amps> [c]',
      'offline [s]',
      'auto <on|off>',
      'quit',
      'help',
    ])
      expect(reply).toContain(usage)
    expect(await type(desk(), 'help TAG')).toMatch(/^ok tag \[idTag\] \[c\]: shows a card/)
  })
})

test('a bare - leaves out a word before another one; in quotes it is a word', async () => {
  const at = desk({ connectors: 2 })
  await type(at, 'tag - 2')
  await type(at, 'tag "-" 2')
  expect(at.asked).toEqual(['present DEFAULT 2', 'present - 2'])
  expect(await type(at, 'start - 2')).toMatch(/^error idTag is missing/)
})

describe('what is wrong with a line is answered in words', () => {
  test.each([
    ['', /^error empty line/],
    ['   ', /^error empty line/],
    ['strat X', /^error unknown command "strat": did you mean "start"\?/],
    ['frobnicate', /^error unknown command "frobnicate": "help"/],
    ['start', /^error idTag is missing, a card: 1 to 20 characters: expected start <idTag> \[c\]/],
    ['start X 1 2', /^error too many words after "start": expected start/],
    ['start X 3', /^error c "3" is not a connector: 1 to 2/],
    ['start X 01', /^error c "01" is not a connector/],
    [`tag ${'x'.repeat(21)}`, /^error idTag "x+" is not a card: 1 to 20/],
    ['current', /^error amps is missing, a number from 0 to 80 \(A per phase\)/],
    ['current lots', /^error amps "lots" is not a number from 0 to 80/],
    ['current 81', /not a number from 0 to 80/],
    ['current -1', /not a number from 0 to 80/],
    ['current 1e1', /not a number/],
    ['status broken', /^error .*"broken" is not one of available, preparing/],
    ['auto maybe', /not one of on, off/],
    ['help nothing', /^error command "nothing" is not a command/],
  ])('%j', async (line, words) => {
    const at = desk({ connectors: 2 })
    expect(await type(at, line)).toMatch(words)
    expect(at.asked).toEqual([])
  })

  test('control characters do not come back in a reply', async () => {
    expect(await type(desk(), 'x\u001b[2J\u0007')).toBe('error unknown command "x?[2J?": "help" lists the commands')
  })

  test('a command that fails is an error, not a crash', async () => {
    const at = desk()
    at.reactions.set('connect', () => {
      throw new Error('no\nway')
    })
    expect(await type(at, 'connect')).toBe('error connect failed: no way')
  })
})
