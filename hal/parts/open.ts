import type { Adc } from '../bus/adc.ts'
import type { I2cBus } from '../bus/i2c.ts'
import type { Opened } from '../bus/wiring.ts'
import type { PartSpec } from '../spec/wires.ts'
import { ads1115 } from './ads1115.ts'
import { expander } from './expander.ts'
import { isOutputOnly, mcp23017, mcp23017Pins } from './mcp23017.ts'
import { pca9554, pca9554Pins } from './pca9554.ts'
import { pcf8574, pcf8574Pins } from './pcf8574.ts'
import type { PartOptions, Pins } from './pins.ts'
import { type RelayBoard, sequent4rel4in, sequent8rel } from './sequent.ts'

/** Opens a part of a board file; every pin of an expander is an input until it is asked for.
 *  @throws DeviceError when it does not answer */
export async function openPart(name: string, spec: PartSpec, bus: I2cBus, options: PartOptions): Promise<Opened<Pins | Adc>> {
  const board = async ({ chip, layout, address }: RelayBoard) => {
    options.log.info({ part: name, address: `0x${address.toString(16)}` }, 'relay board found')
    return await expander(name, chip, layout, options)
  }
  switch (spec.kind) {
    case 'mcp23017':
      return warned(name, await expander(name, mcp23017(bus, spec.address), mcp23017Pins, options), options)
    case 'pcf8574':
      return await expander(name, pcf8574(bus, spec.address), pcf8574Pins, options)
    case 'pca9554':
      return await expander(name, pca9554(bus, spec.address), pca9554Pins, options)
    case 'sequent-4rel4in':
      return await board(await sequent4rel4in(bus, spec.stack ?? 0))
    case 'sequent-8rel':
      return await board(await sequent8rel(bus, spec.stack ?? 0))
    case 'ads1115':
      return ads1115(name, spec, bus, options.clock)
  }
}

function warned(name: string, pins: Opened<Pins>, { log }: PartOptions): Opened<Pins> {
  return {
    ...pins,
    input(pin, spec) {
      if (isOutputOnly(pin)) log.warn({ part: name, pin }, 'GPA7 and GPB7 of newer MCP23017 are outputs only: as an input this pin may disturb the bus')
      return pins.input(pin, spec)
    },
  }
}
