import type { MeterTable } from '../spec/meter-table.ts'

/** The meters that are built in, by the name that a board file uses. A maker's tables are loaded when one of them is asked for. */
export const meterModels = {
  'abb-b21': async () => (await import('./abb.ts')).abbB21,
  'abb-b23': async () => (await import('./abb.ts')).abbB23,
  'abb-b24': async () => (await import('./abb.ts')).abbB24,
  'carlo-gavazzi-em111': async () => (await import('./carlo-gavazzi.ts')).carloGavazziEm111,
  'carlo-gavazzi-em24': async () => (await import('./carlo-gavazzi.ts')).carloGavazziEm24,
  'carlo-gavazzi-em330': async () => (await import('./carlo-gavazzi.ts')).carloGavazziEm330,
  'carlo-gavazzi-em340': async () => (await import('./carlo-gavazzi.ts')).carloGavazziEm340,
  'carlo-gavazzi-em530': async () => (await import('./carlo-gavazzi.ts')).carloGavazziEm530,
  'carlo-gavazzi-em540': async () => (await import('./carlo-gavazzi.ts')).carloGavazziEm540,
  'carlo-gavazzi-et340': async () => (await import('./carlo-gavazzi.ts')).carloGavazziEt340,
  'chint-dtsu666': async () => (await import('./chint.ts')).chintDtsu666,
  'eastron-sdm120': async () => (await import('./eastron.ts')).eastronSdm120,
  'eastron-sdm220': async () => (await import('./eastron.ts')).eastronSdm220,
  'eastron-sdm230': async () => (await import('./eastron.ts')).eastronSdm230,
  'eastron-sdm630': async () => (await import('./eastron.ts')).eastronSdm630,
  'eastron-sdm72d': async () => (await import('./eastron.ts')).eastronSdm72d,
  'eastron-sdm72d-v2': async () => (await import('./eastron.ts')).eastronSdm72dV2,
  'finder-7m24': async () => (await import('./finder.ts')).finder7m24,
  'finder-7m38': async () => (await import('./finder.ts')).finder7m38,
  'orno-we-514': async () => (await import('./orno.ts')).ornoWe514,
  'orno-we-515': async () => (await import('./orno.ts')).ornoWe515,
  'orno-we-516': async () => (await import('./orno.ts')).ornoWe516,
  'orno-we-517': async () => (await import('./orno.ts')).ornoWe517,
  'pzem-004t': async () => (await import('./pzem.ts')).pzem004t,
  'schneider-iem3155': async () => (await import('./schneider.ts')).schneiderIem3155,
} as const satisfies Readonly<Record<string, () => Promise<MeterTable>>>

export interface CataloguedMeter {
  /** As a board file names it. */
  readonly name: string
  readonly table: MeterTable
}

/** Every meter that is built in, for `pilotwire probe meter --list`. */
export async function meterCatalogue(): Promise<readonly CataloguedMeter[]> {
  return await Promise.all(Object.entries(meterModels).map(async ([name, load]) => ({ name, table: await load() })))
}
