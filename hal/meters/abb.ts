import { modbusMeter } from './table.ts'

/** ABB B2x (and A4x). Holding registers, integers, high word first; what a meter lacks is all ones. mbmd, SmartEVSE and the maker's manual agree;
 *  SmartEVSE reads the lower half of the energy alone, here all 64 bits are read. Any read within 1000 to 8EFF hex is answered, unused registers
 *  within it as "not available" (manual of the A43/A44, 9.3). Serial number: 0x8900, u32. */
const common = {
  maker: 'ABB',
  read: 'holding',
  type: 'u32',
  wordOrder: 'high-first',
  mostRegisters: 125,
  blocks: [
    [0x5b00, 59, 125],
    [0x5000, 8, 125],
  ],
  totalPowerW: { at: 0x5b14, type: 's32', scale: 0.01 },
  frequencyHz: { at: 0x5b2c, type: 'u16', scale: 0.01 },
  powerFactor: { at: 0x5b3a, type: 's16', scale: 0.001 },
  // Steps of 0.01 kWh. Steel variants (1xx) have no export: the register says "not available".
  importWh: { at: 0x5000, type: 'u64', scale: 10 },
  exportWh: { at: 0x5004, type: 'u64', scale: 10 },
  serialNumber: { at: 0x8900, type: 'u32' },
  // Not in the manual; 9600 8E1 and 19200 are both seen: `pilotwire probe` finds out.
  factory: { baud: 9_600, parity: 'even', stopBits: 1, unit: 1 },
  notes: 'The letters A and B of its RS485 terminals are the other way round than most adapters have them.',
} as const

const threePhase = {
  ...common,
  phases: 3,
  voltageV: { at: [0x5b00, 0x5b02, 0x5b04], scale: 0.1 },
  currentA: { at: [0x5b0c, 0x5b0e, 0x5b10], scale: 0.01 },
  powerW: { at: [0x5b16, 0x5b18, 0x5b1a], type: 's32', scale: 0.01 },
} as const

export const abbB23 = modbusMeter({ ...threePhase, model: 'B23' })
/** By current transformers; it multiplies by their ratio itself. */
export const abbB24 = modbusMeter({ ...threePhase, model: 'B24' })
/** One phase: the total is its power, whatever L1 says. */
export const abbB21 = modbusMeter({
  ...common,
  model: 'B21',
  phases: 1,
  voltageV: { at: [0x5b00], scale: 0.1 },
  currentA: { at: [0x5b0c], scale: 0.01 },
})
