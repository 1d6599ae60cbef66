import type { Log } from '../base/log.ts'
import { isLoopback } from '../base/loopback.ts'
import { checkCertificates, dialMqtt } from '../base/mqtt/dial.ts'
import type { MqttConfig } from '../config/station.ts'
import { type MqttDoor, openMqttDoor } from '../local/mqtt/door.ts'
import type { LocalPorts } from '../local/ports.ts'

/** The door to the broker of the station file. The broker need not be there. @throws ConfigError for a certificate or key that is none */
export async function openMqtt(
  config: MqttConfig,
  { ports, log, chance }: { readonly ports: LocalPorts; readonly log: Log; readonly chance: () => number },
): Promise<MqttDoor> {
  const { broker, source } = config
  await checkCertificates(broker, source, 'doors.mqtt')
  if (broker.protocol === 'mqtt' && broker.password !== undefined && !isLoopback(broker.host))
    log.warn({ broker: broker.host }, 'the password goes to the MQTT broker in the clear: use mqtts where strangers are in the network')
  return openMqttDoor({ ports, dial: dialMqtt(broker), log, chance }, config)
}
