/** The one word of the logger that the declarations of ocpp-ws-io use. */
export type LogEntry = unknown
