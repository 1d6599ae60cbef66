import { modbusMeter } from './table.ts'

/** Finder 7M. Input registers, f32, high word first; energy in Wh. Sources disagree: the frequency is at 2498 in the maker's manual (v2 of 2021) and
 *  tutorial, at 2584 in mbmd: 2498 taken. Counter n1 is at 2752 in the manual's list and mbmd, at 2638 in SmartEVSE: 2752 taken. What n1 to n4
 *  count can be set; n1 is imported active energy as the factory sets it, while for export one source says n3 and the maker's library n2: not read. */
const common = {
  maker: 'Finder',
  read: 'input',
  type: 'f32',
  wordOrder: 'high-first',
  mostRegisters: 125,
  totalPowerW: 2536,
  frequencyHz: 2498,
  importWh: 2752,
  serialNumber: { at: 9, text: 4 },
  factory: { baud: 19_200, parity: 'none', stopBits: 2, unit: 33 },
  notes: 'Not tried on a meter: compare with its display. Counter n1 must be set to imported active energy.',
} as const

export const finder7m38 = modbusMeter({
  ...common,
  model: '7M.38',
  phases: 3,
  blocks: [
    [2498, 40, 62],
    [2560, 2],
    [2752, 8, 24],
  ],
  voltageV: [2500, 2502, 2504],
  currentA: [2516, 2518, 2520],
  powerW: [2530, 2532, 2534],
  powerFactor: { at: 2560, optional: true },
})

export const finder7m24 = modbusMeter({
  ...common,
  model: '7M.24',
  phases: 1,
  blocks: [
    [2498, 40, 62],
    [2560, 2],
    [2752, 8, 24],
  ],
  voltageV: [2500],
  currentA: [2516],
  powerFactor: { at: 2560, optional: true },
})
