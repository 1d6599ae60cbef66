import { expectTypeOf, test } from 'vitest'
import type { ConnectorPicture, GuardFault, RaisedFault, ServicePicture, StationPicture, Status } from '../../src/client/picture.ts'
import type { EvseStatus, Fault, RaisedFault as Raised } from '../../src/core/charge-point.ts'
import type { pictureOf } from '../../src/local/picture.ts'
import type { ServiceData } from '../../src/safety/port.ts'

type Printed = ReturnType<typeof pictureOf>

test("the client's picture is the one that the station prints", () => {
  expectTypeOf<Omit<Printed, 'connectors'>>().toExtend<Omit<StationPicture, 'connectors'>>()
  expectTypeOf<keyof Printed>().toEqualTypeOf<keyof StationPicture>()
  expectTypeOf<Printed['connectors'][number]>().toExtend<ConnectorPicture>()
  expectTypeOf<keyof Printed['connectors'][number]>().toEqualTypeOf<keyof ConnectorPicture>()
  expectTypeOf<Status>().toEqualTypeOf<EvseStatus>()
  expectTypeOf<GuardFault>().toEqualTypeOf<Fault>()
  expectTypeOf<RaisedFault>().toEqualTypeOf<Raised>()
  expectTypeOf<ServiceData>().toExtend<Omit<ServicePicture, 'connector'>>()
  expectTypeOf<keyof ServiceData>().toEqualTypeOf<Exclude<keyof ServicePicture, 'connector'>>()
})
