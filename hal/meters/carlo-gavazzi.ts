import { modbusMeter } from './table.ts'

/** Carlo Gavazzi. Input registers, s32, low word first; energy in steps of 0.1 kWh; 7FFFFFFF is overflow. mbmd, SmartEVSE and the maker's documents
 *  agree but for what stands at the tables. Serial number: 13 characters at 0x5000 (Victron's public driver). */
const common = {
  maker: 'Carlo Gavazzi',
  read: 'input',
  type: 's32',
  wordOrder: 'low-first',
  serialNumber: { at: 0x5000, text: 7 },
  factory: { baud: 9_600, parity: 'none', stopBits: 1, unit: 1 },
} as const

const em340 = {
  ...common,
  phases: 3,
  mostRegisters: 50,
  blocks: [
    [0x00, 50],
    [0x33, 29, 31],
  ],
  voltageV: { at: [0x00, 0x02, 0x04], scale: 0.1 },
  currentA: { at: [0x0c, 0x0e, 0x10], scale: 0.001 },
  powerW: { at: [0x12, 0x14, 0x16], scale: 0.1 },
  totalPowerW: { at: 0x28, scale: 0.1 },
  powerFactor: { at: 0x31, type: 's16', scale: 0.001 },
  frequencyHz: { at: 0x33, type: 's16', scale: 0.1 },
  importWh: { at: 0x34, scale: 100 },
  exportWh: { at: 0x4e, scale: 100 },
} as const

export const carloGavazziEm340 = modbusMeter({ ...em340, model: 'EM340' })
export const carloGavazziEm330 = modbusMeter({ ...em340, model: 'EM330' })
export const carloGavazziEt340 = modbusMeter({ ...em340, model: 'ET340' })
export const carloGavazziEm530 = modbusMeter({ ...em340, model: 'EM530' })
export const carloGavazziEm540 = modbusMeter({ ...em340, model: 'EM540' })

export const carloGavazziEm24 = modbusMeter({
  ...common,
  model: 'EM24-DIN',
  phases: 3,
  mostRegisters: 11,
  blocks: [
    [0x00, 6],
    [0x0c, 8],
    [0x12, 6],
    [0x35, 11],
    [0x5c, 2],
  ],
  voltageV: { at: [0x00, 0x02, 0x04], scale: 0.1 },
  currentA: { at: [0x0c, 0x0e, 0x10], scale: 0.001 },
  powerW: { at: [0x12, 0x14, 0x16], scale: 0.1 },
  powerFactor: { at: 0x35, type: 's16', scale: 0.001 },
  frequencyHz: { at: 0x37, type: 's16', scale: 0.1 },
  importWh: { at: 0x3e, scale: 100 },
  // Many answer "illegal address".
  exportWh: { at: 0x5c, scale: 100, optional: true },
  notes:
    'Energy: mbmd reads 0x42, which its users found to be the partial counter; the total is 0x3E (evcc, and the Phoenix EEM-350 of the same maker in SmartEVSE): taken. For RS485. The EM24_E1 (Ethernet) has the registers of the EM340.',
})

export const carloGavazziEm111 = modbusMeter({
  ...common,
  model: 'EM111',
  phases: 1,
  // Not stated; no meter of this maker takes less.
  mostRegisters: 11,
  blocks: [
    [0x00, 6],
    [0x0e, 4],
    [0x20, 2],
  ],
  voltageV: { at: [0x00], scale: 0.1 },
  currentA: { at: [0x02], scale: 0.001 },
  powerW: { at: [0x04], scale: 0.1 },
  powerFactor: { at: 0x0e, type: 's16', scale: 0.001 },
  frequencyHz: { at: 0x0f, type: 's16', scale: 0.1 },
  importWh: { at: 0x10, scale: 100 },
  exportWh: { at: 0x20, scale: 100, optional: true },
  notes: 'EM112 and ET112 too. evcc reads the high word first; the maker (v4.0) and OpenEMS say low word first: taken.',
})
