import { modbusMeter } from './table.ts'

/** Schneider iEM3x55. Holding registers; power in kW. mbmd and the maker's table. A read over all of 0x0BB7 to 0x0C26 is answered (public drivers
 *  do it). Left out: the power factor (0x0C0B), which is coded by quadrant. The energy is taken as s64 Wh at 0x0C83; SmartEVSE reads the same
 *  counters as f32 kWh at 0xB02B, whose unit depends on a setting and whose steps grow. */
export const schneiderIem3155 = modbusMeter({
  maker: 'Schneider Electric',
  model: 'iEM3155',
  phases: 3,
  read: 'holding',
  type: 'f32',
  wordOrder: 'high-first',
  mostRegisters: 125,
  blocks: [
    [0x0bb7, 112],
    [0x0c83, 8],
  ],
  currentA: [0x0bb7, 0x0bb9, 0x0bbb],
  voltageV: [0x0bd3, 0x0bd5, 0x0bd7],
  powerW: { at: [0x0bed, 0x0bef, 0x0bf1], scale: 1000 },
  totalPowerW: { at: 0x0bf3, scale: 1000 },
  frequencyHz: 0x0c25,
  importWh: { at: 0x0c83, type: 's64' },
  exportWh: { at: 0x0c87, type: 's64' },
  serialNumber: { at: 0x81, type: 'u32' },
  factory: { baud: 19_200, parity: 'even', stopBits: 1, unit: 1 },
  notes: 'iEM3255 and iEM3355 too. The iEM3x50 has no export.',
})
