import { once } from 'node:events'
import { SerialPort } from 'serialport'
import { systemClock } from '../../../src/base/clock.ts'
import { type Check, equal, spread } from '../check.ts'
import { serial } from '../wires.ts'

const clock = systemClock()

async function open(path: string): Promise<SerialPort> {
  const port = new SerialPort({ path, baudRate: 9600 })
  await once(port, 'open')
  return port
}

async function heard(port: SerialPort, length: number): Promise<string> {
  let bytes = Buffer.alloc(0)
  while (bytes.length < length) bytes = Buffer.concat([bytes, ...((await once(port, 'data')) as Buffer[])])
  return bytes.toString('latin1')
}

/** 8250 UARTs as QEMU makes them; their wires are sockets that pace nothing. */
export const serialChecks = (): readonly Check[] =>
  Object.entries(serial).map(([name, [charger, plant]]) => ({
    name: `${charger} and ${plant} (${name}) are the two ends of a null modem`,
    async run() {
      const [here, there] = await Promise.all([open(charger), open(plant)])
      const times: number[] = []
      for (let i = 0; i < 20; i++) {
        const words = `frame ${i} \x00\xff\x11\x13 end`
        const began = clock.monotonic()
        const arrives = heard(there, words.length)
        here.write(Buffer.from(words, 'latin1'))
        equal(await arrives, words)
        const comesBack = heard(here, words.length)
        there.write(Buffer.from(words, 'latin1'))
        equal(await comesBack, words)
        times.push(clock.monotonic() - began)
      }
      await Promise.all([here, there].map((port) => new Promise((resolve) => port.close(resolve))))
      return `there and back ${spread(times.slice(2))}`
    },
  }))
