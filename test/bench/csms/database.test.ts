import { Command } from 'commander'
import { expect, test } from 'vitest'
import { httpOf, type ServerFlags, serveOptionsOf, withServerFlags } from '../../../bench/commands/server-flags.ts'
import { databaseOf, databaseWords } from '../../../bench/csms/database.ts'

const home = { HOME: '/home/anna' }

test.each<[string | undefined, Readonly<Record<string, string | undefined>>, string]>([
  [undefined, home, '/home/anna/.local/state/pilotwire-bench/csms.db'],
  [undefined, { ...home, XDG_STATE_HOME: '/state' }, '/state/pilotwire-bench/csms.db'],
  [undefined, { ...home, XDG_STATE_HOME: 'relative' }, '/home/anna/.local/state/pilotwire-bench/csms.db'],
  [undefined, { ...home, STATE_DIRECTORY: '/var/lib/bench:/other' }, '/var/lib/bench/csms.db'],
  [undefined, { ...home, DATABASE_URL: '' }, '/home/anna/.local/state/pilotwire-bench/csms.db'],
  [undefined, { DATABASE_URL: 'postgres://anna:secret@db.example:5433/bench?sslpassword=secret' }, 'postgres://anna@db.example:5433/bench'],
  ['own.db', { DATABASE_URL: 'postgres://db.example/bench' }, 'own.db'],
  [':memory:', home, 'in memory, nothing is kept'],
])('--database %s with %j is %s', (file, environment, words) => {
  expect(databaseWords(databaseOf(file, environment))).toBe(words)
})

test('a DATABASE_URL that is none is not quoted', () => {
  for (const url of ['mysql://anna:secret@db.example/bench', 'secret'])
    expect(() => databaseOf(undefined, { DATABASE_URL: url })).toThrow(/^DATABASE_URL: is no URL of PostgreSQL\. Write postgres:\/\/USER/)
})

test.each<[string | undefined, ReturnType<typeof httpOf>]>([
  [undefined, { host: 'own', port: 8080, mayMove: true }],
  ['8081', { host: 'own', port: 8081, mayMove: false }],
  ['0.0.0.0:0', { host: '0.0.0.0', port: 0, mayMove: false }],
  ['[::1]:80', { host: '::1', port: 80, mayMove: false }],
  ['off', undefined],
])('--http %s', (text, listen) => {
  expect(httpOf(text, 'own')).toEqual(listen)
})

test.each(['65536', '::1:80', 'host:', 'http://host:80', ''])('--http %j is refused', (text) => {
  expect(() => httpOf(text, 'own')).toThrow(/^--http: .*Write 8080, HOST:8080, or off/)
})

test('samples are kept for 30 days, for as many as are said, or for ever', () => {
  const keepDays = (...words: readonly string[]) => {
    const command = withServerFlags(new Command())
      .exitOverride()
      .configureOutput({ writeErr() {} })
    return serveOptionsOf(command.parse(words, { from: 'user' }).opts<ServerFlags>(), {}).keepDays
  }
  expect([keepDays(), keepDays('--keep', '7'), keepDays('--keep', 'forever')]).toEqual([30, 7, undefined])
  for (const wrong of ['0', '-1', '1.5', '40000', 'never'])
    expect(() => keepDays('--keep', wrong)).toThrow(/days are a whole number from 1 to 36500, or forever/)
})
