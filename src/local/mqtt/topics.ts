/** Names of topics: `evse/<id>/...`. Home Assistant takes only these characters in its own topics, and so do we. */
export function slugOf(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9_-]/g, '-')
}

export interface Topics {
  /** `online`, and `offline` as the last will. */
  readonly availability: string
  readonly info: string
  readonly state: string
  readonly ocppConnected: string
  /** Facts that the central system has not been told yet. */
  readonly ocppWaiting: string
  /** How the cars follow the sun, where there is load management. */
  readonly mode: string
  readonly setMode: string
  /** degrees C, where the computer can tell. */
  readonly cpuTemperature: string
  readonly event: string
  readonly result: string
  connector(evse: number, key: string): string
  /** What is listened to for commands. */
  readonly commands: readonly string[]
}

export function topicsOf(base: string, id: string): Topics {
  const root = `${base}/${slugOf(id)}`
  return {
    availability: `${root}/availability`,
    info: `${root}/info`,
    state: `${root}/state`,
    ocppConnected: `${root}/ocpp/connected`,
    ocppWaiting: `${root}/ocpp/waiting`,
    mode: `${root}/mode`,
    setMode: `${root}/set/mode`,
    cpuTemperature: `${root}/cpu_temperature`,
    event: `${root}/event`,
    result: `${root}/result`,
    connector: (evse, key) => `${root}/connector/${evse}/${key}`,
    commands: [`${root}/connector/+/set/+`, `${root}/set/+`],
  }
}

/** Connector and name of a command's topic, as they were written; no connector where the whole charger is asked. */
export function commandIn(topic: string): { readonly connector: string | undefined; readonly name: string } | undefined {
  const [, connector, name] = /(?:\/connector\/([^/]*))?\/set\/([^/]*)$/.exec(topic) ?? []
  return name === undefined ? undefined : { connector, name }
}
