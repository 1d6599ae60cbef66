import { modbusMeter } from './table.ts'

/** Eastron. Input registers, f32, high word first; V, A, W, kWh. mbmd, SmartEVSE, EVerest, evcc and the maker's tables agree, but for one thing:
 *  EVerest multiplies the energy of the SDM230 by 0.001. The maker's table says kWh, like that of the others: 1000 is right.
 *  A kWh in f32 has steps of 7.8 Wh above 65 MWh. Serial number: holding 0xFC00, u32 (public Arduino libraries for SDM meters). */
const common = {
  maker: 'Eastron',
  read: 'input',
  type: 'f32',
  wordOrder: 'high-first',
  // Odd addresses and counts are refused.
  evenOnly: true,
  frequencyHz: 0x46,
  importWh: { at: 0x48, scale: 1000 },
  exportWh: { at: 0x4a, scale: 1000 },
  serialNumber: { at: 0xfc00, read: 'holding', type: 'u32' },
} as const

const usualLine = { baud: 9_600, parity: 'none', stopBits: 1, unit: 1 } as const

const singlePhase = {
  ...common,
  phases: 1,
  // 30 parameters of two registers: stated for the SDM230, taken for the SDM120 and SDM220.
  mostRegisters: 60,
  blocks: [
    [0x00, 32, 38],
    [0x46, 6, 10],
  ],
  voltageV: [0x00],
  currentA: [0x06],
  powerW: [0x0c],
  powerFactor: 0x1e,
} as const

export const eastronSdm120 = modbusMeter({
  ...singlePhase,
  model: 'SDM120',
  factory: { ...usualLine, baud: 2_400 },
  notes: 'SDM120C: 2400 baud from the factory as well, as its users report.',
})
export const eastronSdm220 = modbusMeter({ ...singlePhase, model: 'SDM220', factory: usualLine })
export const eastronSdm230 = modbusMeter({ ...singlePhase, model: 'SDM230', factory: usualLine })

const threePhase = {
  ...common,
  phases: 3,
  voltageV: [0x00, 0x02, 0x04],
  currentA: [0x06, 0x08, 0x0a],
  powerW: [0x0c, 0x0e, 0x10],
  totalPowerW: 0x34,
  powerFactor: 0x3e,
  factory: usualLine,
} as const

export const eastronSdm630 = modbusMeter({
  ...threePhase,
  model: 'SDM630',
  // 40 parameters.
  mostRegisters: 80,
  blocks: [[0x00, 76, 80]],
  notes: 'SDM630-V2 too. The SDM630MCT has a setting that turns the words round and one for the unit of energy: leave both as the factory sets them.',
})

/** Reboots when it is asked too fast; 250 ms between requests cure it. */
const slow = { gapMs: 250 } as const

export const eastronSdm72dV2 = modbusMeter({
  ...threePhase,
  ...slow,
  model: 'SDM72D-M v2',
  mostRegisters: 60,
  blocks: [
    [0x00, 54, 60],
    [0x3e, 14, 18],
  ],
})

/** The first SDM72D-M counts energy and power alone: no voltage, no current, no frequency. */
export const eastronSdm72d = modbusMeter({
  maker: common.maker,
  read: common.read,
  type: common.type,
  wordOrder: common.wordOrder,
  evenOnly: common.evenOnly,
  ...slow,
  model: 'SDM72D-M v1',
  phases: 3,
  mostRegisters: 60,
  blocks: [
    [0x34, 2],
    [0x48, 4],
  ],
  totalPowerW: 0x34,
  importWh: common.importWh,
  exportWh: common.exportWh,
  factory: usualLine,
  notes: 'No serial number is asked for: 0xFC00 is not known for this meter.',
})
