import type { ViewProps } from '../routes.ts'
import { SessionDetail } from '../sessions/session-detail.tsx'
import { SessionList } from '../sessions/session-list.tsx'

/** `#/sessions` and `#/sessions/<id>`. */
export function Sessions({ rest: [id] }: ViewProps) {
  return id === undefined ? <SessionList /> : <SessionDetail key={id} id={id} />
}
