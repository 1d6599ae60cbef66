import type { Opened, Wiring } from '../bus/wiring.ts'
import type { ReaderSpec } from '../spec/wires.ts'
import type { TokenReader } from '../types.ts'

type Openers = {
  readonly [K in ReaderSpec['kind']]: (spec: Extract<ReaderSpec, { kind: K }>, wiring: Wiring) => Promise<Opened<TokenReader>>
}

/** The one table of readers. A driver is loaded when a board has it. */
const openers: Openers = {
  pn532: async (spec, wiring) => (await import('./pn532.ts')).openPn532(spec, wiring),
  rdm6300: async (spec, wiring) => (await import('./rdm6300.ts')).openRdm6300(spec, wiring),
  mfrc522: async (spec, wiring) => (await import('./mfrc522.ts')).openMfrc522(spec, wiring),
  'usb-hid': async (spec, wiring) => (await import('./usb-hid.ts')).openUsbHid(spec, wiring),
  wiegand: async (spec, wiring) => (await import('./wiegand.ts')).openWiegand(spec, wiring),
}

/** @throws ConfigError for a bus or a line that the file does not have. A reader that does not answer is tried again by itself. */
export function openReader(spec: ReaderSpec, wiring: Wiring): Promise<Opened<TokenReader>> {
  return (openers[spec.kind] as (spec: ReaderSpec, wiring: Wiring) => Promise<Opened<TokenReader>>)(spec, wiring)
}
