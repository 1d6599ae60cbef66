import type { ServerResponse } from 'node:http'

/** Nothing of elsewhere is loaded, framed or called; what is written on the page cannot become a script. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

type Headers = Readonly<Record<string, string>>

/** Answers at once; to HEAD without the body. */
export function send(response: ServerResponse, status: number, headers: Headers, body: string | Uint8Array = ''): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const length = status === 204 || status === 304 ? {} : { 'Content-Length': String(bytes.length) }
  response.writeHead(status, { ...securityHeaders, ...length, ...headers })
  response.end(response.req.method === 'HEAD' || bytes.length === 0 ? undefined : bytes)
}

export function sendJson(response: ServerResponse, status: number, value: unknown, headers: Headers = {}): void {
  send(response, status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers }, JSON.stringify(value))
}
