import { ConfigError } from '../errors.ts'
import type { MqttBroker } from './session.ts'

/** `mqtt://host`, `mqtts://host:8883`: nothing else belongs into it. @param source where it was written, for the error. @throws ConfigError */
export function brokerAddress(typed: string, source: string, field: string): Pick<MqttBroker, 'protocol' | 'host' | 'port'> {
  const wrong = (problem: string, remedy: string) => new ConfigError(source, field, problem, remedy)
  const url = URL.parse(typed)
  const protocol = url?.protocol
  if (url === null || (protocol !== 'mqtt:' && protocol !== 'mqtts:') || url.hostname === '')
    throw wrong('is not the address of an MQTT broker', 'Write mqtt://HOST:1883, or mqtts://HOST:8883 for TLS')
  if (url.username !== '' || url.password !== '') throw wrong('holds a user or password', 'Write user and passwordFile as fields of their own')
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '')
    throw wrong('holds more than host and port', 'End it with the port: mqtt://HOST:1883')
  const isSecure = protocol === 'mqtts:'
  return {
    protocol: isSecure ? 'mqtts' : 'mqtt',
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (isSecure ? 8_883 : 1_883) : Number(url.port),
  }
}
