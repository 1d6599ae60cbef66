import { connect as connectTcp, isIP } from 'node:net'
import type MqttModule from 'mqtt/lib/client'
import { ConfigError, wordsOf } from '../errors.ts'
import { signal } from '../signal.ts'
import { BrokerError, type DialMqtt, type MqttBroker, type MqttDelivery, type MqttMessage, type MqttSession } from './session.ts'

type Connected = MqttModule.default

const connectTimeoutMs = 5_000
/** The broker misses us after one and a half of it, and then says our last will. */
const keepAliveS = 15
/** Asked of the broker (MQTT 5, §3.1.2.11.4): nothing that we listen to is longer. */
const usualPacket = 65_536
/** A message is collected until it is whole, of any length up to 256 MB: this many bytes without an end are left. */
const mostUnread = 1_048_576
/** More than this in the send buffer, bytes, or messages that the broker has not confirmed: it does not read. */
const mostUnsent = 1_048_576
const mostUnconfirmed = 1_000
/** CONNACK: this version is not spoken (MQTT 3.1.1 §3.2.2.3, MQTT 5 §3.2.2.2). */
const otherVersion: readonly unknown[] = [1, 132]
/** CONNACK: bad user or password, not authorized, banned, client identifier not valid. */
const refusals: readonly unknown[] = [2, 4, 5, 133, 134, 135, 138, 140]
const takenOver = 142
/** DISCONNECT (MQTT 5 §3.14.2.1): not authorized any more, keep alive, taken over, administrative action. */
const sentAway: readonly unknown[] = [135, 138, 152]

/** The package `mqtt`, loaded with the first connection: without its own reconnection and queues, so that nothing grows while a broker is away.
 *  MQTT 5 is tried first, 3.1.1 with brokers that refuse it, unless `needs5`. @param largestPacket bytes, at most 1 MB */
export function dialMqtt(broker: MqttBroker, { needs5 = false, largestPacket = usualPacket } = {}): DialMqtt {
  let version: 4 | 5 = 5
  return async ({ clientId, will }) => {
    // CommonJS: what is its `default` depends on who loads it.
    const { default: library } = await import('mqtt/lib/client')
    const Client: typeof library.default = library.default ?? library
    const open = async (): Promise<MqttSession> => {
      const stream = await streamTo(broker)
      return await opened(
        new Client(stream, {
          clientId,
          protocolVersion: version,
          keepalive: keepAliveS,
          clean: true,
          reconnectPeriod: 0,
          connectTimeout: connectTimeoutMs,
          queueQoSZero: false,
          // Every number up to 65535 as a buffer of its own: 7 MB.
          writeCache: false,
          ...(version === 5 ? { properties: { maximumPacketSize: largestPacket } } : {}),
          ...(broker.user === undefined ? {} : { username: broker.user }),
          ...(broker.password === undefined ? {} : { password: broker.password }),
          ...(will === undefined ? {} : { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1 as const, retain: true } }),
        }),
        broker,
      )
    }
    try {
      return await open()
    } catch (error) {
      if (version === 4 || !(error instanceof OtherVersion)) throw error
      if (needs5) throw new BrokerError('the broker speaks no MQTT 5', true)
      version = 4
      return await open()
    }
  }
}

class OtherVersion extends BrokerError {}

/** @throws ConfigError for a certificate or key that is none */
export async function checkCertificates(broker: MqttBroker, source: string, field: string): Promise<void> {
  if (broker.protocol !== 'mqtts') return
  const [{ createSecureContext }, { X509Certificate }] = await Promise.all([import('node:tls'), import('node:crypto')])
  const { ca, cert, key } = broker
  try {
    // A context takes an authority that is none without a word.
    if (ca !== undefined) new X509Certificate(ca)
    if (cert !== undefined && key !== undefined) createSecureContext({ cert, key })
  } catch (error) {
    throw new ConfigError(source, field, `certificate or key cannot be used: ${wordsOf(error)}`, 'Give PEM files: caFile, certFile and the keyFile of it')
  }
}

async function streamTo({ protocol, host, port, ca, cert, key }: MqttBroker) {
  if (protocol === 'mqtt') return () => connectTcp({ host, port, noDelay: true })
  const { connect } = await import('node:tls')
  return () =>
    connect({
      host,
      port,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    })
}

function opened(client: Connected, broker: MqttBroker): Promise<MqttSession> {
  return new Promise((resolve, reject) => {
    // It stays: an error that nobody hears ends the process.
    client.on('error', (error) => {
      reject(refusalOf(error, broker))
      client.end(true)
    })
    boundMessages(client)
    client.once('connect', () => resolve(sessionOver(client)))
    client.once('close', () => reject(new BrokerError('the broker hung up before it answered', false)))
  })
}

/** Nothing that a broker sends is kept without bound: neither a message without an end, nor QoS 2, which waits for a second word. */
function boundMessages(client: Connected): void {
  let unread = 0
  const leave = (words: string) => client.emit('error', new BrokerError(words, false))
  client.stream.on('data', ({ length }: Uint8Array) => {
    unread += length
    if (unread > mostUnread) leave('the broker sends a message that is too long')
  })
  client.on('packetreceive', (packet) => {
    unread = 0
    if (packet.cmd === 'publish' && packet.qos === 2) leave('the broker sends what was not asked for (QoS 2)')
  })
}

function sessionOver(client: Connected): MqttSession {
  const received = signal<MqttMessage>()
  const lost = Promise.withResolvers<BrokerError>()
  let unconfirmed = 0
  let isOver = false
  const end = (words: string, isRefusal = false) => {
    if (isOver) return
    isOver = true
    client.end(true)
    lost.resolve(new BrokerError(words, isRefusal))
  }
  client.on('message', (topic, payload, packet) => {
    if (!isOver) received.emit({ topic, payload, isRetained: packet.retain, ...requestOf(packet.properties) })
  })
  client.on('disconnect', ({ reasonCode }) => {
    if (reasonCode === takenOver) end('another client with the same clientId took the place: give each its own', true)
    else if (sentAway.includes(reasonCode)) end('the broker sends us away', true)
    else end('the broker says goodbye')
  })
  client.on('error', (error) => end(wordsOf(error)))
  client.on('close', () => end('the broker closed the connection'))
  return {
    received,
    lost: lost.promise,
    subscribe({ topic, asPublished = false }, onRefused) {
      client.subscribe(topic, { qos: 1, rap: asPublished }, (error) => {
        if (error && !isOver) onRefused(wordsOf(error))
      })
    },
    publish(topic, payload, { isRetained, isSure, ...request }, onTaken) {
      if (isOver) return
      if (isSure) unconfirmed++
      client.publish(topic, payload, { qos: isSure ? 1 : 0, retain: isRetained, ...propertiesOf(request) }, () => {
        if (isSure) unconfirmed--
        onTaken?.()
      })
      if (client.stream.writableLength > mostUnsent || unconfirmed > mostUnconfirmed) end('the broker does not read')
    },
    close() {
      isOver = true
      // Who owes us something is not waited for.
      client.end(unconfirmed > 0 || client.stream.writableLength > 0)
    },
  }
}

type Request = Pick<MqttDelivery, 'respondTo' | 'correlation' | 'expiryS'>

function requestOf({ responseTopic, correlationData }: { responseTopic?: string; correlationData?: Buffer } = {}): Request {
  return {
    ...(responseTopic === undefined ? {} : { respondTo: responseTopic }),
    ...(correlationData === undefined ? {} : { correlation: correlationData.toString('latin1') }),
  }
}

function propertiesOf({ respondTo, correlation, expiryS }: Request) {
  if (respondTo === undefined && correlation === undefined && expiryS === undefined) return {}
  return {
    properties: {
      ...(respondTo === undefined ? {} : { responseTopic: respondTo }),
      ...(correlation === undefined ? {} : { correlationData: Buffer.from(correlation, 'latin1') }),
      ...(expiryS === undefined ? {} : { messageExpiryInterval: expiryS }),
    },
  }
}

function refusalOf(error: Error, { host, port }: MqttBroker): BrokerError {
  if (error instanceof BrokerError) return error
  const code: unknown = 'code' in error ? error.code : undefined
  if (otherVersion.includes(code)) return new OtherVersion('the broker speaks neither MQTT 5 nor 3.1.1', true)
  if (refusals.includes(code)) return new BrokerError(`the broker refuses us (${error.message}): check user, password and clientId`, true)
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: `nothing listens at ${host}:${port}`,
    ENOTFOUND: `there is no host ${host}`,
    EAI_AGAIN: `the host name ${host} cannot be resolved now`,
    EHOSTUNREACH: `${host} cannot be reached`,
    ENETUNREACH: `${host} cannot be reached`,
    ETIMEDOUT: `${host}:${port} does not answer`,
    ECONNRESET: 'the broker hung up (TLS where it has none, or the other way round?)',
  }
  const known = typeof code === 'string' ? words[code] : undefined
  if (known !== undefined) return new BrokerError(known, false)
  if (error.message === 'connack timeout') return new BrokerError(`${host}:${port} does not answer`, false)
  // The parser of packets knows no codes.
  if (code === undefined) return new BrokerError(`what listens at ${host}:${port} speaks no MQTT (${error.message})`, false)
  const isTls = typeof code === 'string' && /TLS|SSL|CERT|SIGNATURE|ISSUER|EPROTO/.test(code)
  return new BrokerError(isTls ? `no trusted TLS connection: ${error.message}` : error.message || String(code), false)
}
