import type { ListUpdateOutcome } from '../../core/local-list.ts'
import { type Route, route } from '../../ocpp/peer.ts'
import { GetLocalListVersion, SendLocalList } from '../messages/local-auth-list.ts'
import { tokenInfoOf } from '../translate.ts'
import type { HandlerParts } from './core.ts'

const updateStatus = { accepted: 'Accepted', failed: 'Failed', versionMismatch: 'VersionMismatch' } as const satisfies Record<ListUpdateOutcome, string>
const kinds = { Full: 'full', Differential: 'differential' } as const
/** §5.10: there is no list here. */
const noList = -1

/** OCPP 1.6 §5.10, §5.15: the list of cards that the central system keeps here. */
export function localAuthListRoutes({ core: { localList, settings } }: HandlerParts): readonly Route[] {
  const isEnabled = () => settings.get('localListEnabled')
  return [
    route(GetLocalListVersion, () => ({ listVersion: isEnabled() ? localList.version : noList })),
    route(SendLocalList, ({ listVersion, localAuthorizationList = [], updateType }) => {
      if (!isEnabled()) return { status: 'NotSupported' } as const
      const entries = localAuthorizationList.map(({ idTag, idTagInfo }) => ({
        token: idTag,
        ...(idTagInfo === undefined ? {} : { info: tokenInfoOf(idTagInfo) }),
      }))
      return { status: updateStatus[localList.update(listVersion, kinds[updateType], entries)] }
    }),
  ]
}
