import type { Socket } from 'node:net'
import cors from '@fastify/cors'
import swagger from '@fastify/swagger'
import fastify, { type FastifyInstance } from 'fastify'
import type { TSchema } from 'typebox'
import { seconds } from '../../../src/base/units.ts'
import { cannotListen } from '../listen.ts'
import { access } from './access.ts'
import { chargerRoutes } from './charger-routes.ts'
import { controlRoutes } from './control-routes.ts'
import { servePages } from './dashboard-pages.ts'
import { eventStreams } from './event-streams.ts'
import { groundRoutes } from './ground-routes.ts'
import { inputOf, jsonOf } from './input.ts'
import { meters } from './metrics.ts'
import { finished, openApiHead, schemaOf } from './openapi.ts'
import { ownRoutes } from './own-routes.ts'
import type { RestDoor, RestParts } from './parts.ts'
import { answerProblem, answerProblems, refusalOfFastify } from './problems.ts'
import { Refusal } from './refusal.ts'
import { hasHead, type Route } from './route.ts'
import { securityHeaders } from './security-headers.ts'
import { siteRoutes } from './site-routes.ts'
import { tokenRoutes, transactionRoutes } from './transaction-routes.ts'

/** Bytes: a local list of some thousand cards. */
const largestBody = 1_048_576
const mostConnections = 1_024

/** Opens the REST door with the dashboard. Port 0: any that is free. @throws ConfigError when it cannot listen there */
export async function restDoor(parts: RestParts, { host, port: wanted }: { readonly host: string; readonly port: number }): Promise<RestDoor> {
  const app = fastify({
    logger: false,
    bodyLimit: largestBody,
    requestTimeout: seconds(30),
    keepAliveTimeout: seconds(60),
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 1_000 },
    http: { maxHeaderSize: 16_384, headersTimeout: seconds(15) },
    clientErrorHandler: refuseUnreadable,
    // A path that cannot be decoded never comes to a route.
    frameworkErrors: (error, _request, reply) => void answerProblem(reply.headers(securityHeaders(parts.tiles)), refusalOfFastify(error) ?? unreadableRequest),
  })
  app.server.maxConnections = mostConnections
  const streams = eventStreams(parts)
  const figures = meters(parts, streams)
  const listen = (): Promise<string> => app.listen({ host, port: wanted })
  const stop = () => {
    figures.stop()
    streams.close()
    return app.close()
  }
  try {
    await furnish(app, parts, host, streams, figures)
    await listen()
  } catch (error) {
    await stop()
    throw error instanceof Error && 'syscall' in error ? cannotListen(error, '--http', host, wanted) : error
  }
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : wanted
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, port, close: stop }
}

async function furnish(
  app: FastifyInstance,
  parts: RestParts,
  host: string,
  streams: ReturnType<typeof eventStreams>,
  figures: ReturnType<typeof meters>,
): Promise<void> {
  const entrance = access({ ...parts, host })
  const headers = securityHeaders(parts.tiles)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers)
    entrance.admit(request.raw)
  })
  if (parts.corsOrigins.length > 0) {
    await app.register(cors, {
      origin: [...parts.corsOrigins],
      methods: ['GET', 'POST', 'PUT', 'DELETE'],
      allowedHeaders: ['Authorization', 'Content-Type'],
      maxAge: 600,
    })
  }
  const routes: Route[] = [...siteRoutes, ...chargerRoutes, ...controlRoutes, ...transactionRoutes, ...tokenRoutes, ...groundRoutes]
  let document: Readonly<Record<string, unknown>> | undefined
  const described = () => {
    document ??= finished(app.swagger() as unknown as Readonly<Record<string, unknown>>, routes)
    return document
  }
  routes.push(...ownRoutes({ access: entrance, streams, meters: figures, document: described }))
  answerProblems(app, parts, routes)
  readJson(app)
  app.setValidatorCompiler(({ schema, httpPart }) => {
    const place = httpPart === 'params' ? 'path' : httpPart === 'body' ? 'body' : 'query'
    return (value: unknown) => ({ value: inputOf(schema as TSchema, place, value) })
  })
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
  await app.register(swagger, { openapi: openApiHead(parts.version), convertConstToEnum: false })
  for (const each of routes) add(app, each, parts, entrance)
  await servePages(app, parts, described)
}

/** JSON alone is read, and no more of it than the schemas want. */
function readJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, jsonOf(body as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
}

function add(app: FastifyInstance, each: Route, parts: RestParts, entrance: ReturnType<typeof access>): void {
  app.route({
    method: each.method,
    exposeHeadRoute: hasHead(each),
    url: each.path.replace(/\{(\w+)\}/g, ':$1'),
    schema: schemaOf(each),
    // Before the body is read: nobody fills the memory who may not come in.
    onRequest: async (request) => {
      if (each.isOpen !== true) entrance.enter(request.raw)
    },
    async handler(request, reply) {
      if (each.body === undefined && request.body !== undefined)
        inputOf({ type: 'object', properties: {}, additionalProperties: false } as TSchema, 'body', request.body)
      const { params, query, body } = request
      const answer = await each.run({ params, query, body }, parts, { request, reply })
      if (each.method !== 'GET') parts.log.info({ method: each.method, path: each.path, ...subjectOf(params), from: request.ip }, 'asked for by http')
      if (reply.sent) return reply
      reply.header('Cache-Control', 'no-store')
      if (each.answer === undefined) return reply.code(204).send()
      if (typeof each.answer === 'string') return reply.type(`${each.answer}; charset=utf-8`).send(answer)
      return reply
        .type(each.media ?? 'application/json')
        .serializer(JSON.stringify)
        .send(answer)
    },
  })
}

/** Whom it was about; a card is nobody's business. */
function subjectOf(params: unknown): { readonly id?: unknown } {
  const { id } = (params ?? {}) as { readonly id?: unknown }
  return id === undefined ? {} : { id }
}

const unreadableRequest = new Refusal(400, 'Bad Request', 'The request is not readable', { remedy: 'Look at its path.' })

/** What is no HTTP at all. */
function refuseUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const [status, detail] = unreadable(error.code)
  const body = JSON.stringify({ type: 'about:blank', title: status.slice(4), status: Number(status.slice(0, 3)), detail })
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n`
  if (socket.writable) socket.write(head + body)
  socket.destroy(error)
}

function unreadable(code: string | undefined): readonly [string, string] {
  if (code === 'HPE_HEADER_OVERFLOW') return ['431 Request Header Fields Too Large', 'The head of the request is too large']
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return ['408 Request Timeout', 'The request took too long to arrive']
  return ['400 Bad Request', 'The request is not HTTP']
}
