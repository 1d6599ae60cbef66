import { describe, expect, test } from 'vitest'
import type { I2cBus } from '../../hal/bus/i2c.ts'
import type { Machine } from '../../hal/bus/wiring.ts'
import { DeviceError } from '../../src/base/errors.ts'
import { signal } from '../../src/base/signal.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { printedCard } from '../../src/commission/probe/reader.ts'
import { main } from '../../src/main.ts'
import type { Streams } from '../../src/run/streams.ts'
import { paperTerminal, probing, said } from './desk.ts'

describe('probe i2c', () => {
  const i2c = (who: (address: number) => DeviceError | undefined): Machine =>
    ({
      i2c: async (number: number): Promise<I2cBus> => ({
        number,
        transfer: async (address) => {
          const failure = who(address)
          if (failure !== undefined) throw failure
          return Uint8Array.of(0)
        },
        write: () => Promise.reject(new Error('a probe writes nothing')),
        writeNow() {
          throw new Error('a probe writes nothing')
        },
        close() {},
      }),
    }) as unknown as Machine
  const absent = new DeviceError('I2C bus 1 address 0x20', 'absent', new Error('nobody answers'))

  test('names what may be at an address, and what the kernel holds', async () => {
    const machine = i2c((address) =>
      address === 0x48 ? undefined : address === 0x68 ? new DeviceError('x', 'refused', new Error('a driver of the kernel holds this address')) : absent,
    )
    const { exitCode, out } = await said(['probe', 'i2c'], { machine })
    expect([exitCode, out]).toEqual([0, '0x48 (72)  ADS1115, ADS1015 or LM75, TMP102\n0x68 (104)  a driver of the kernel holds this address\n'])
  })

  test('says once that there is nobody, or no bus', async () => {
    expect(await said(['probe', 'i2c', '--bus', '3'], { machine: i2c(() => absent) })).toMatchObject({
      exitCode: 1,
      out: 'Nobody answers on I2C bus 3: check supply, SDA, SCL and pull-ups.\n',
    })
    const none = new DeviceError('I2C bus 7 address 0x08', 'absent', new Error('there is no /dev/i2c-7. Add dtparam=i2c_arm=on to config.txt'))
    expect(await said(['probe', 'i2c', '--bus', '7'], { machine: i2c(() => none) })).toMatchObject({
      exitCode: 1,
      err: 'pilotwire: I2C bus 7: there is no /dev/i2c-7. Add dtparam=i2c_arm=on to config.txt\n',
    })
  })
})

describe('probe reader', () => {
  test('shows a card in every format, with what the board file says for it', () => {
    expect(printedCard('rdm6300', '04A2B3C4')).toBe(
      [
        '',
        'card at rdm6300',
        '  04A2B3C4              (as it comes when nothing is said)',
        '  04a2b3c4              case: lower',
        '  C4B3A204              byteOrder: lsb',
        '  c4b3a204              byteOrder: lsb, case: lower',
        '  77771716              format: dec',
        '  0077771716            format: dec, padTo: 10',
        '  3300106756            format: dec, byteOrder: lsb',
        '  3300106756            format: dec, byteOrder: lsb, padTo: 10',
        '',
      ].join('\n'),
    )
    expect(printedCard('pn532', '08112233')).toMatch(/random number.*allowRandomUid: true/)
    expect(printedCard('usb-hid', 'hello\x1b[2J')).toBe('\ncard at usb-hid\n  hello [2J\n')
  })

  test('shows what a keyboard reader types until it is enough', async () => {
    const pressed = signal<number>()
    const clock = simulatedClock()
    let isGrabbed = false
    const keys = async () => {
      isGrabbed = true
      return { pressed, close() {} }
    }
    const machine = { keys } as unknown as Machine
    const board = new URL('usb-reader.yaml', import.meta.url).pathname
    const p = await probing(['probe', 'reader', '--board', board], { clock, machine })
    await p.until(() => p.said.err.includes('Hold a card') && isGrabbed)
    await clock.settle()
    // Linux key codes of 1, 2, 3, 4 and Enter.
    for (const key of [2, 3, 4, 5, 28]) pressed.emit(key)
    await p.until(() => p.said.out.includes('1234'))
    p.stop()
    expect(await p.ended()).toBe(0)
  })
})

test('the program hands these words on, and its help names them', async () => {
  const { terminal, said: printed } = paperTerminal()
  const surroundings = { environment: {}, streams: terminal as unknown as Streams, loadRun: () => Promise.reject(new Error('no station runs')) }
  expect(await main(['probe', 'metr'], surroundings)).toBe(2)
  expect(printed.err).toBe("pilotwire: unknown command 'metr'. Did you mean meter?\n")
  expect(await main(['--help'], surroundings)).toBe(0)
  for (const each of ['doctor', 'probe', 'safe-state']) expect(printed.out).toMatch(new RegExp(`\\n  ${each} `))
})

test.each<[string, readonly string[], string]>([
  ['a serial line that is not there', ['probe', 'meter', '--port', '/dev/ttyNONE', '--model', 'eastron-sdm630'], 'pilotwire: /dev/ttyNONE does not exist. '],
  [
    'an outlet that is not there',
    ['probe', 'pilot', '--board', 'bench-native', '--outlet', '3'],
    'pilotwire: --outlet: there is no outlet 3. bench-native has outlet 1\n',
  ],
  ['a meter without a name', ['probe', 'meter', '--port', '/dev/ttyNONE'], 'pilotwire: --model: is missing. Name the meter'],
  ['a port without a name', ['probe', 'modbus'], 'pilotwire: --port: is missing. Name the serial line'],
  ['registers that are none', ['probe', 'modbus', '--port', 'x', '--read', 'foo'], 'pilotwire: --read: "foo" is not registers. Write input:0x0000:10'],
  ['addresses that are none', ['probe', 'modbus', '--port', 'x', '--units', '0-9'], 'pilotwire: --units: "0-9" is not addresses. Write 1-247'],
  ['a host that is none', ['probe', 'modbus', '--tcp', 'a:b:c'], 'pilotwire: --tcp: "a:b:c" is not HOST or HOST:PORT. Write --tcp 192.0.2.7:502\n'],
  ['an output that is none', ['probe', 'relay', 'horn', '--board', 'bench-native'], 'pilotwire: horn: is no output. Write one of contactor, '],
  ['no board', ['probe', 'pilot'], 'pilotwire: --board: is missing. Name the board file'],
  ['a simulated board', ['probe', 'reader', '--board', 'simulated'], 'pilotwire: --board: simulated is simulated: there is nothing to probe. '],
  ['a misspelt probe', ['probe', 'metr'], "pilotwire: unknown command 'metr'. Did you mean meter?\n"],
  ['a misspelt flag', ['doctor', '--bord', 'x'], "pilotwire: unknown option '--bord'. Did you mean --board?\n"],
  ['a number that is none', ['probe', 'i2c', '--bus', 'x'], 'pilotwire: --bus: x: a number from 0 to 255 is expected\n'],
])('%s: one line, with what to do', async (_what, words, expected) => {
  const { exitCode, err } = await said(words)
  const [first = ''] = err.split('\n').filter((line) => !line.startsWith('Asking'))
  expect(`${first}\n`.slice(0, expected.length)).toBe(expected)
  expect(err.trim().split('\n').length).toBeLessThanOrEqual(2)
  expect(exitCode).toBe(expected.includes('does not exist') ? 1 : 2)
})
