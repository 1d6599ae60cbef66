import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { chance } from '../../src/base/chance.ts'
import type { Clock } from '../../src/base/clock.ts'
import { ConfigError } from '../../src/base/errors.ts'
import type { Log } from '../../src/base/log.ts'
import { brokerAddress } from '../../src/base/mqtt/broker-address.ts'
import { type MqttClient, mqttClient } from '../../src/base/mqtt/client.ts'
import { checkCertificates, dialMqtt } from '../../src/base/mqtt/dial.ts'
import type { MqttBroker } from '../../src/base/mqtt/session.ts'
import type { BusSpec } from '../spec/wires.ts'

export type MqttBusSpec = Extract<BusSpec, { kind: 'mqtt' }>

/** The broker of a board file: it need not be there yet. Files stand relative to the board file.
 *  @throws ConfigError for an address that is none, a file that cannot be read, a certificate that is none */
export async function openMqttBus(spec: MqttBusSpec, directory: string, { clock, log }: { readonly clock: Clock; readonly log: Log }): Promise<MqttClient> {
  const { url, user, passwordFile, caFile, certFile, keyFile } = spec
  const read = (name: string, path: string | undefined) => (path === undefined ? {} : { [name]: contentOf(resolve(directory, path)) })
  const broker: MqttBroker = {
    ...brokerAddress(url, 'board file', 'buses: url'),
    ...(user === undefined ? {} : { user }),
    ...(passwordFile === undefined ? {} : { password: contentOf(resolve(directory, passwordFile)).replace(/\r?\n$/, '') }),
    ...read('ca', caFile),
    ...read('cert', certFile),
    ...read('key', keyFile),
  }
  await checkCertificates(broker, 'board file', 'buses: caFile')
  return mqttClient({
    dial: dialMqtt(broker),
    clientId: `pilotwire-meter-${crypto.randomUUID().slice(0, 8)}`,
    clock,
    log: log.with({ broker: broker.host }),
    chance,
  })
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError(
      path,
      '',
      `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      'Name a readable file, relative to the board file',
    )
  }
}
