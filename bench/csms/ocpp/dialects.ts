import { errorSpelling16 } from '../../../src/ocpp16/messages/call-errors.ts'
import { messages16 } from '../../../src/ocpp16/messages/catalogue.ts'
import { redact as redact16 } from '../../../src/ocpp16/redact.ts'
import { errorSpelling201 } from '../../../src/ocpp201/messages/call-errors.ts'
import { messages201 } from '../../../src/ocpp201/messages/catalogue.ts'
import { redact as redact201 } from '../../../src/ocpp201/redact.ts'
import { answers16 } from './answers16.ts'
import { answers201 } from './answers201.ts'
import type { Dialect } from './dialect.ts'
import { asking16 } from './dispatch16.ts'
import { asking201 } from './dispatch201.ts'
import type { OcppVersion } from './ocpp-version.ts'

/** Every version that stations of the bench may speak. */
export const dialects: Readonly<Record<OcppVersion, Dialect>> = {
  '1.6': {
    version: '1.6',
    subprotocol: 'ocpp1.6',
    messages: messages16,
    actions: new Set(messages16.keys()),
    spelling: errorSpelling16,
    redact: redact16,
    routes: answers16,
    asking: asking16,
  },
  '2.0.1': {
    version: '2.0.1',
    subprotocol: 'ocpp2.0.1',
    messages: messages201,
    actions: new Set(messages201.keys()),
    spelling: errorSpelling201,
    redact: redact201,
    routes: answers201,
    asking: asking201,
  },
}
