import { modbusMeter } from './table.ts'

/** Peacefair PZEM-004T v3. Input registers; pairs have the low word first (a widely used public driver). Not calibrated by law, and its serial
 *  side may be at mains potential: only behind optocouplers. */
export const pzem004t = modbusMeter({
  maker: 'Peacefair',
  model: 'PZEM-004T v3',
  phases: 1,
  read: 'input',
  type: 'u32',
  wordOrder: 'low-first',
  mostRegisters: 10,
  // The tenth is the alarm.
  blocks: [[0x00, 9, 10]],
  voltageV: { at: [0x00], type: 'u16', scale: 0.1 },
  currentA: { at: [0x01], scale: 0.001 },
  powerW: { at: [0x03], scale: 0.1 },
  importWh: 0x05,
  frequencyHz: { at: 0x07, type: 'u16', scale: 0.1 },
  powerFactor: { at: 0x08, type: 'u16', scale: 0.01 },
  factory: { baud: 9_600, parity: 'none', stopBits: 1, unit: 1 },
  notes: 'Answers to any unit as 0xF8 when it is alone on the bus. Its register wraps at 9999.99 kWh and can be reset by anyone.',
})
