export const ocppVersions = ['1.6', '2.0.1'] as const
/** What a station speaks. */
export type OcppVersion = (typeof ocppVersions)[number]
