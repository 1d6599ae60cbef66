import { type Command, command, connector, oneOf, optional } from './command.ts'

/** Rows for whoever maintains a charger. */
export const serviceCommands: readonly Command[] = [
  command({
    name: 'service',
    parameters: [optional(oneOf('reset|clear', ['reset', 'clear'])), optional(connector)],
    help: 'cycles, trips and hours of every connector as JSON; reset <c>: they begin at 0 again; clear <c>: lets a latched fault go whose cause is gone',
    async run({ chargePoint }, [action, evse]) {
      const { guard, evses, view } = chargePoint
      if (action === undefined) {
        const data = await Promise.all(evses.map(async (each) => ({ connector: each, ...(await guard.serviceData(each)) })))
        return `ok ${JSON.stringify(data)}`
      }
      if (evse === undefined) return `error which connector: expected service ${action} <c>`
      if (action === 'reset') {
        guard.resetService(evse)
        return 'ok'
      }
      const { raised, faults } = view(evse)
      if (raised === undefined && faults.length === 0) return `error connector ${evse} has no fault`
      if (raised !== undefined) chargePoint.raise(evse, undefined)
      if (faults.length > 0) guard.clear(evse)
      return 'ok'
    },
  }),
]
