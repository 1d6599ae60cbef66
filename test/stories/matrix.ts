/** OCPP 1.6 §4.9 as the specification prints it (B6 by errata 3.20), written here a second time so that the charger's own table
 *  cannot be wrong unseen. Columns and rows: Available, Preparing, Charging, SuspendedEV, SuspendedEVSE, Finishing, Reserved,
 *  Unavailable, Faulted. */
const names = ['Available', 'Preparing', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Finishing', 'Reserved', 'Unavailable', 'Faulted']
const rows = [
  '.  A2 A3 A4 A5 .  A7 A8 A9',
  'B1 .  B3 B4 B5 B6 .  .  B9',
  'C1 .  .  C4 C5 C6 .  C8 C9',
  'D1 .  D3 .  D5 D6 .  D8 D9',
  'E1 .  E3 E4 .  E6 .  E8 E9',
  'F1 F2 .  .  .  .  .  F8 F9',
  'G1 G2 .  .  .  .  .  G8 G9',
  'H1 H2 H3 H4 H5 .  .  .  H9',
  'I1 I2 I3 I4 I5 I6 I7 I8 . ',
].map((row) => row.trim().split(/ +/))

/** Whether the specification knows this change of a connector's status. */
export function isInMatrix(from: string, to: string): boolean {
  const [row, column] = [names.indexOf(from), names.indexOf(to)]
  return (rows[row]?.[column] ?? '.') !== '.'
}
