import type { Id } from './ids.ts'

const store = 'needs the certificate store'
const tls = 'needs TLS with certificates'
const signature = 'needs certificates that firmware is signed with'

/** The cases that are not played yet, each with what it waits for. */
export const pending: Partial<Readonly<Record<Id, string>>> = {
  TC_074_CS: store,
  TC_075_1_CS: store,
  TC_075_2_CS: store,
  TC_076_CS: store,
  TC_077_CS: store,
  TC_078_CS: store,
  TC_080_CS: signature,
  TC_081_CS: signature,
  TC_086_CS: tls,
  TC_087_CS: tls,
}
