import { readFile } from 'node:fs/promises'
import type { Clock } from '../../src/base/clock.ts'
import { wordsOf } from '../../src/base/errors.ts'
import type { Log } from '../../src/base/log.ts'
import type { Gpio } from './gpio.ts'
import type { Machine } from './wiring.ts'

/** This computer's own interfaces. Each driver is loaded when the first device asks for it: a board without I2C never loads i2c-bus. */
export function thisMachine(clock: Clock, log: Log): Machine {
  const of = { clock, log }
  const pwms = new Set<string>()
  return {
    gpio: (backend) => gpioOf(backend, of),
    i2c: async (number) => (await import('./i2c-bus.ts')).openI2c(number, clock),
    serial: async (settings) => (await import('./serial-port.ts')).openSerial(settings, of),
    tcp: async (host, port) => (await import('./tcp.ts')).openTcp(host, port, of),
    mqtt: async (spec, directory) => (await import('./mqtt-bus.ts')).openMqttBus(spec, directory, of),
    pwm: async (spec) => (await import('./pwm-sysfs.ts')).openPwm(spec, { clock, used: pwms }),
    read: (path) => readFile(path, 'utf8'),
    keys: async (path) => (await import('./keys.ts')).openKeys(path, of),
  }
}

/** `auto` takes the character device (timestamps of the kernel, bias, no lost pulses), and sysfs only where koffi does not load. */
async function gpioOf(backend: 'auto' | 'chardev' | 'sysfs', of: { readonly clock: Clock; readonly log: Log }): Promise<Gpio> {
  const sysfs = async () => (await import('./gpio-sysfs.ts')).openSysfs(of)
  if (backend === 'sysfs') return await sysfs()
  const { openChardev } = await import('./gpio-chardev.ts')
  if (backend === 'chardev') return await openChardev(of)
  try {
    await import('koffi')
  } catch (error) {
    of.log.warn({ error: wordsOf(error) }, 'koffi does not load: GPIO goes by sysfs')
    return await sysfs()
  }
  return await openChardev(of)
}
