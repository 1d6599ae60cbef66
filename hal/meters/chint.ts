import { modbusMeter } from './table.ts'

/** Chint DTSU666 (not the variants for Huawei and Growatt, whose registers differ). Holding registers, f32; tenths of V and W, mA, kWh.
 *  mbmd and SmartEVSE agree. Volts to neutral are at 0x2006; those at 0x2000, which some read, are between phases. */
export const chintDtsu666 = modbusMeter({
  maker: 'Chint',
  model: 'DTSU666',
  phases: 3,
  read: 'holding',
  type: 'f32',
  wordOrder: 'high-first',
  mostRegisters: 125,
  // Power factor and frequency stand alone: whether a meter reads over the gaps before them is not known.
  blocks: [
    [0x2006, 20, 28],
    [0x202a, 2],
    [0x101e, 12],
    [0x2044, 2],
  ],
  voltageV: { at: [0x2006, 0x2008, 0x200a], scale: 0.1 },
  currentA: { at: [0x200c, 0x200e, 0x2010], scale: 0.001 },
  totalPowerW: { at: 0x2012, scale: 0.1 },
  powerW: { at: [0x2014, 0x2016, 0x2018], scale: 0.1 },
  powerFactor: { at: 0x202a, scale: 0.001, optional: true },
  frequencyHz: { at: 0x2044, scale: 0.01, optional: true },
  importWh: { at: 0x101e, scale: 1000 },
  exportWh: { at: 0x1028, scale: 1000 },
  factory: { baud: 9_600, parity: 'none', stopBits: 1, unit: 1 },
  notes: 'Some leave the factory with two stop bits. For direct connection: current and voltage transformers are left at a ratio of 1.',
})
