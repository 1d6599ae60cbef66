import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A certificate of our own for 127.0.0.1, in PEM, and a file with it and its key. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
  readonly file: string
}

/** Undefined where there is no openssl. */
export function certificateIn(directory: string): Certificate | undefined {
  const [key, certificate, file] = ['key.pem', 'certificate.pem', 'both.pem'].map((name) => join(directory, name)) as [string, string, string]
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30', '-subj', '/CN=127.0.0.1']
  try {
    execFileSync('openssl', [...words, '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  writeFileSync(file, readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'))
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8'), file }
}
