import { modbusMeter } from './table.ts'

/** Orno. Holding registers (mbmd, evcc). All want even parity, which the mini-UART of a Raspberry Pi does not have. */
const common = {
  maker: 'Orno',
  read: 'holding',
  wordOrder: 'high-first',
  mostRegisters: 125,
  factory: { baud: 9_600, parity: 'even', stopBits: 1, unit: 1 },
} as const

const we514 = {
  ...common,
  phases: 1,
  type: 'u32',
  blocks: [
    [0x130, 41],
    [0xa000, 2],
  ],
  voltageV: { at: [0x131], type: 'u16', scale: 0.01 },
  currentA: { at: [0x139], scale: 0.001 },
  // The manual says kW with three decimals, which is W.
  powerW: [0x140],
  powerFactor: { at: 0x158, type: 'u16', scale: 0.001 },
  frequencyHz: { at: 0x130, type: 'u16', scale: 0.01 },
  importWh: { at: 0xa000, scale: 10 },
  notes: 'Counts all energy in one register, whichever way it flows. One read over 0x130 to 0x158 is not tried on a meter.',
} as const
export const ornoWe514 = modbusMeter({ ...we514, model: 'OR-WE-514' })
export const ornoWe515 = modbusMeter({ ...we514, model: 'OR-WE-515' })

/** f32; kW and kWh. */
const we516 = {
  ...common,
  phases: 3,
  type: 'f32',
  blocks: [
    [0x0e, 40, 46],
    [0x108, 10, 38],
  ],
  voltageV: [0x0e, 0x10, 0x12],
  frequencyHz: 0x14,
  currentA: [0x16, 0x18, 0x1a],
  totalPowerW: { at: 0x1c, scale: 1000 },
  powerW: { at: [0x1e, 0x20, 0x22], scale: 1000 },
  powerFactor: 0x34,
  importWh: { at: 0x108, scale: 1000 },
  exportWh: { at: 0x110, scale: 1000 },
  notes: 'One public driver of the OR-WE-516 says odd parity, the others even.',
} as const
export const ornoWe516 = modbusMeter({ ...we516, model: 'OR-WE-516' })
export const ornoWe517 = modbusMeter({ ...we516, model: 'OR-WE-517' })
