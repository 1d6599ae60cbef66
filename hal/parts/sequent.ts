import { DeviceError } from '../../src/base/errors.ts'
import type { I2cBus } from '../bus/i2c.ts'
import type { PinLayout, PortChip } from './expander.ts'
import { pca9554 } from './pca9554.ts'

/** Relay boards of Sequent Microsystems, stacked by jumpers 0 to 7. Addresses and masks as in the maker's own tools (4relind, 8relind). */

const bitOf = (bits: readonly number[]) => (pin: number) => bits[pin - 1]

/** 4-RELAYS + 4 opto-inputs up to version 3: relays 1 to 4 are bits 7 to 4, inputs 1 to 4 are bits 3 to 0, low while a voltage is there. */
const fourByPort: PinLayout = {
  output: bitOf([7, 6, 5, 4]),
  input: bitOf([3, 2, 1, 0]),
  invertedInputs: 0x0f,
  pulls: ['none'],
  words: 'relays 1 to 4 and inputs 1 to 4',
}
/** Version 4 has a controller: relay n is bit n - 1 of one register, input n is bit n - 1 of another (here the upper half). */
const fourByController: PinLayout = { ...fourByPort, output: bitOf([0, 1, 2, 3]), input: bitOf([4, 5, 6, 7]), invertedInputs: 0 }
/** 8-RELAYS: the order of the board's tracks. */
const eight: PinLayout = { output: bitOf([0, 2, 6, 4, 5, 7, 3, 1]), input: () => undefined, invertedInputs: 0, pulls: ['none'], words: 'relays 1 to 8' }

export interface RelayBoard {
  readonly chip: PortChip
  readonly layout: PinLayout
  readonly address: number
}

/** A port chip answers at 0x38 + stack or 0x20 + stack with the jumper bits turned round (PCF8574A or PCF8574 addressing). */
const portAddresses = (stack: number) => [(0x38 + stack) ^ 0x07, (0x20 + stack) ^ 0x07] as const
const controllerAddress = (stack: number) => 0x0e + stack

/** Where the relays of a board may be, in the order of the search: address, register, and the bit of relay n. */
export function sequentPlaces(kind: 'sequent-4rel4in' | 'sequent-8rel', stack: number) {
  const layout = kind === 'sequent-8rel' ? eight : fourByPort
  const ports = portAddresses(stack).map((address) => ({ address, register: 1, bitOf: layout.output }))
  return kind === 'sequent-8rel'
    ? ports
    : [...ports, { address: controllerAddress(stack), register: controllerRegister.relays, bitOf: fourByController.output }]
}

/** Only reads, for a foreign chip may stand at an address. @throws DeviceError 'absent' when no board answers */
export async function sequent4rel4in(bus: I2cBus, stack: number): Promise<RelayBoard> {
  const port = await portAt(bus, stack)
  if (port !== undefined) return { ...port, layout: fourByPort }
  const address = controllerAddress(stack)
  if (await answers(bus, address, controllerRegister.revision)) return { chip: controller(bus, address), layout: fourByController, address }
  throw notThere('4-RELAYS 4-IN', bus, stack, [...portAddresses(stack), address])
}

export async function sequent8rel(bus: I2cBus, stack: number): Promise<RelayBoard> {
  const port = await portAt(bus, stack)
  if (port !== undefined) return { ...port, layout: eight }
  throw notThere('8-RELAYS', bus, stack, portAddresses(stack))
}

async function portAt(bus: I2cBus, stack: number): Promise<{ readonly chip: PortChip; readonly address: number } | undefined> {
  const directionRegister = 3
  for (const address of portAddresses(stack)) if (await answers(bus, address, directionRegister)) return { chip: pca9554(bus, address), address }
  return undefined
}

async function answers(bus: I2cBus, address: number, register: number): Promise<boolean> {
  try {
    await bus.transfer(address, Uint8Array.of(register), 1)
    return true
  } catch (error) {
    if (error instanceof DeviceError && error.problem === 'absent' && !isNoBus(error)) return false
    throw error
  }
}

/** Without the bus there is nobody to look for. */
const isNoBus = ({ cause }: DeviceError) => cause instanceof Error && (cause.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'

function notThere(board: string, bus: I2cBus, stack: number, addresses: readonly number[]): DeviceError {
  const tried = addresses.map((address) => `0x${address.toString(16).padStart(2, '0')}`).join(', ')
  const words = `no ${board} board answers for stack ${stack}: tried ${tried}. Check the jumpers and that the board sits on the header`
  return new DeviceError(`I2C bus ${bus.number}`, 'absent', new Error(words))
}

const controllerRegister = { relays: 0x00, inputs: 0x04, revision: 0x78 } as const

function controller(bus: I2cBus, address: number): PortChip {
  const read = async (at: number) => ((await bus.transfer(address, Uint8Array.of(at), 1))[0] ?? 0) & 0x0f
  return {
    begin: () => bus.write(address, Uint8Array.of(controllerRegister.relays, 0)),
    writeLatch: (latch) => bus.writeNow(address, Uint8Array.of(controllerRegister.relays, latch & 0x0f)),
    writeDirection() {},
    async read() {
      const latch = await read(controllerRegister.relays)
      return { latch, levels: latch | ((await read(controllerRegister.inputs)) << 4) }
    },
    isConfigured: async () => true,
  }
}
