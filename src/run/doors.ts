import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { chance } from '../base/chance.ts'
import type { Log } from '../base/log.ts'
import type { ControlConfig, HttpConfig, StationConfig } from '../config/station.ts'
import type { LocalPorts } from '../local/ports.ts'
import type { LocalPortParts } from './local-ports.ts'

/** Where a door listens. */
export interface Listening {
  readonly host: string
  readonly port: number
}

/** The doors for people and programs at the charger, as far as they are configured. */
export interface Doors {
  readonly control: Listening | undefined
  readonly http: Listening | undefined
  close(): Promise<void>
}

export interface DoorParts extends LocalPortParts {
  readonly config: StationConfig
  readonly log: Log
}

/** Opens what is configured; the rest is not even loaded. @throws ConfigError when a door cannot be had: then none is open */
export async function openDoors(parts: DoorParts): Promise<Doors> {
  const { config, log } = parts
  const undo: (() => void | Promise<void>)[] = []
  const close = async () => {
    for (const each of undo.splice(0).reverse()) await each()
  }
  let shared: Promise<LocalPorts> | undefined
  const ports = () => {
    shared ??= import('./local-ports.ts').then(({ localPorts }) => {
      const made = localPorts(parts)
      undo.unshift(() => made.close())
      return made
    })
    return shared
  }
  try {
    const control = config.control === undefined ? undefined : await controlDoor(config.control, parts)
    if (control !== undefined) undo.push(() => control.close())
    const http = config.http === undefined ? undefined : await httpDoor(config.http, config, await ports(), log.with({ part: 'http' }))
    if (http !== undefined) undo.push(() => http.close())
    if (config.mqtt !== undefined) {
      const { openMqtt } = await import('./mqtt-door.ts')
      const mqtt = await openMqtt(config.mqtt, { ports: await ports(), log: log.with({ part: 'mqtt' }), chance })
      undo.push(() => mqtt.close())
    }
    return { control, http, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function controlDoor(control: ControlConfig, { commands, context, log }: DoorParts) {
  const { openControl } = await import('../local/control.ts')
  return openControl(control, commands, log.with({ part: 'control' }), context.clock)
}

async function httpDoor(http: HttpConfig, { id, stateDirectory }: Pick<StationConfig, 'id' | 'stateDirectory'>, ports: LocalPorts, log: Log) {
  const [{ openHttp }, { routes }] = await Promise.all([import('../local/http/server.ts'), import('../local/rest/routes.ts')])
  const secrets = [http.token, http.password].filter((each) => each !== undefined)
  if (http.login === 'device') {
    const { devicePassword } = await import('./device-password.ts')
    const { password, isNew } = devicePassword(stateDirectory)
    if (isNew) log.info({ show: `pilotwire password --id ${id}` }, 'a password of this device was made')
    secrets.push(password)
  }
  return openHttp({ ...http, secrets, routes, ports, pageDirectory: pageDirectory(), log })
}

/** `dist/page` of this package: made by the build, in the repository too. */
function pageDirectory(): string {
  let directory = import.meta.dirname
  while (!existsSync(join(directory, 'board-configs')) && dirname(directory) !== directory) directory = dirname(directory)
  return join(directory, 'dist', 'page')
}
