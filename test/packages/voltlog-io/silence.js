// Stands in for the logger of ocpp-ws-io, which is no longer to be had: a validator of frames needs none.
const silent = () => undefined
const logger = { trace: silent, debug: silent, info: silent, warn: silent, error: silent, fatal: silent, child: () => logger }

export const createLogger = () => logger
export const consoleTransport = silent
export const prettyTransport = silent
