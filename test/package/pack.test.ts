import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as scripts from '../../bench/scripts/csms.ts'
import type * as inProcess from '../../bench/scripts/station.ts'
import { leaveOut } from '../left-out.ts'
import { examplesOf, started, written } from './examples.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const about = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const directory = mkdtempSync(join(tmpdir(), 'pilotwire-package-'))
const consumer = join(directory, 'consumer')
const installed = join(consumer, 'node_modules', 'pilotwire')

/** What the npm that runs these tests hands down would be taken for wishes about the other package. */
const environment = Object.fromEntries(
  Object.entries({ ...process.env, NODE_COMPILE_CACHE: join(directory, 'cache') }).filter(
    ([name]) => !/^npm_(?!config_(?:registry|cache|userconfig|globalconfig|\w*proxy|cafile|strict_ssl)$)/i.test(name) && name !== 'NODE_ENV',
  ),
)

function npm(words: readonly string[], cwd: string): void {
  const cli = process.env['npm_execpath']
  const isNpm = cli !== undefined && basename(cli) === 'npm-cli.js'
  const command = isNpm ? (process.env['npm_node_execpath'] ?? process.execPath) : 'npm'
  execFileSync(command, [...(isNpm ? [cli] : []), ...words, '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Runs the Node that runs these tests: the pinned one. */
function node(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, words, { cwd: consumer, encoding: 'utf8', env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** What the compiler says of these programs, as someone has it who checks every declaration. */
function typeCheck(...texts: readonly string[]): string {
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')]
  return compiled(texts, ['--target', 'es2024', ...types])
}

function compiled(texts: readonly string[], options: readonly string[]): string {
  const files = texts.map((text, at) => written(consumer, `consumer-${at}.ts`, text))
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  return node(compiler, '--noEmit', '--strict', '--skipLibCheck', 'false', '--module', 'nodenext', ...options, ...files).stdout
}

/** A Node that is none of ours, for what runs on it too. */
const oldNode = process.platform === 'linux' ? `old-node@npm:node-linux-${process.arch}@20.20.2` : undefined
if (oldNode === undefined) leaveOut('the scripts on Node 20: no package of it for this system')

beforeAll(() => {
  mkdirSync(consumer)
  npm(['pack', '--pack-destination', directory], root)
  const archive = readdirSync(directory).find((name) => name.endsWith('.tgz'))
  writeFileSync(join(consumer, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }')
  // Without the optional packages: the Node that is pinned there runs these tests already.
  npm(['install', '--prefer-offline', '--omit=optional', join(directory, archive ?? 'no archive'), ...(oldNode === undefined ? [] : [oldNode])], consumer)
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('the archive holds what runs and its papers, and none of the sources', () => {
  expect(readdirSync(installed).sort()).toEqual(expect.arrayContaining(['CHANGELOG.md', 'LICENSE', 'README.md', 'board-configs', 'dist', 'package.json']))
  expect(readdirSync(installed)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(?:src|hal|bench|test|docs|node_modules)$/)]))
  expect(readFileSync(join(installed, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8')).toContain('\nws 8.')
})

test('the installed commands tell the version of the package', () => {
  for (const name of ['pilotwire', 'pilotwire-bench']) {
    expect(node(join(consumer, 'node_modules', '.bin', name), '--version'), name).toMatchObject({ status: 0, stdout: `${about.version}\n` })
  }
})

test('the installed program finds the boards that came with it', () => {
  const refused = node(join(consumer, 'node_modules', '.bin', 'pilotwire'), 'run', '--id', 'desk', '--csms', 'ws://127.0.0.1:9', '--board', 'no-such-board')
  expect(refused.status).toBe(2)
  expect(refused.stderr).toContain('simulated-cable')
})

test('the installed program reads a station file in YAML, which is a part of its own', () => {
  const file = join(consumer, 'station.yaml')
  writeFileSync(file, 'identity:\n  vendor: Acme\n  modell: X1\n')
  const refused = node(join(consumer, 'node_modules', '.bin', 'pilotwire'), 'run', '--station', file, '--id', 'desk', '--csms', 'ws://127.0.0.1:9')
  expect(refused.stderr).toMatch(/^pilotwire: .*identity\.modell: there is no such field \(line 3\)/)
  expect(refused.status).toBe(2)
})

test('the installed bench plays the scenarios that came with it', () => {
  const { status, stdout } = node(join(consumer, 'node_modules', '.bin', 'pilotwire-bench'), 'run', '--all')
  expect(stdout).toMatch(/^ok +regular-session: /m)
  expect(stdout).toMatch(/\n20 passed, 0 failed, 0 skipped\n$/)
  expect(status).toBe(0)
})

test.each(['pilotwire', 'pilotwire-bench'])('%s on an old Node says which one it needs', (name) => {
  const old = "data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })"
  const refused = node('--import', old, join(consumer, 'node_modules', '.bin', name), '--version')
  expect(refused).toMatchObject({ status: 2, stdout: '' })
  expect(refused.stderr).toContain(`${name}: Node 24.12 or newer is needed, and this is Node 20.20.2`)
})

test('a program imports the library and is type-checked against it', () => {
  const right = "import { runStation } from 'pilotwire'\nexport const run: (...given: never[]) => Promise<number> = runStation\n"
  // Were the declarations not found, everything would be `any` and this line without an error: the compiler would say so.
  const wrong = '// @ts-expect-error\nexport const text: string = runStation\n'
  expect(typeCheck(right + wrong)).toBe('')
  expect(node('--input-type=module', '--eval', "import { runStation } from 'pilotwire'; process.stdout.write(typeof runStation)").stdout).toBe('function')
})

describe('the scripts', () => {
  const examples = examplesOf(join(root, 'docs', 'scripting.md'))
  const [driving = '', night = '', overSocket = '', ownSystem = '', system = '', frames = ''] = examples
  const nodes = [
    ['the pinned Node', process.execPath] as const,
    ...(oldNode === undefined ? [] : [['Node 20', join(consumer, 'node_modules', 'old-node', 'bin', 'node')] as const]),
  ]
  const run = (executable: string, text: string) => started(executable, [written(consumer, 'example.mjs', text)], { cwd: consumer, env: environment })
  const packed = async () => ({
    csms: (await import(join(installed, 'dist', 'csms.js'))) as typeof scripts,
    station: (await import(join(installed, 'dist', 'in-process-station.js'))) as typeof inProcess,
  })

  test('are type-checked against their declarations, and so are their mistakes', () => {
    const wrong = `
import { connect } from 'pilotwire/control'
const cp = await connect('ws://127.0.0.1:9100')
// @ts-expect-error no such command
await cp.plugn()
// @ts-expect-error no number
await cp.current('ten')
// @ts-expect-error no such fault
await cp.fault('rain')
// @ts-expect-error no such status
await cp.until(({ connectors }) => connectors[0].status === 'Charging')
`
    expect(examples).toHaveLength(6)
    expect(typeCheck(...examples, wrong)).toBe('')
    // The client and the codec want no declarations but those of the language.
    const bare = "import { connect } from 'pilotwire/control'\nimport { parseFrame } from 'pilotwire/frames'\nexport const both = [connect, parseFrame]\n"
    expect(compiled([bare], ['--target', 'es2022', '--lib', 'es2022', '--types', ''])).toBe('')
  })

  test.each(nodes)('drive a running station from %s', async (_name, executable) => {
    const csms = await (await packed()).csms.start()
    const words = ['run', '--id', 'CP-1', '--csms', csms.url, '--control', '0', '--state', mkdtempSync(join(directory, 'state-'))]
    const program = started(process.execPath, [join(consumer, 'node_modules', '.bin', 'pilotwire'), ...words], { cwd: consumer, env: environment })
    const control = await program.said(/"control":"([\d.:]+)"/)
    const { code, output } = await run(executable, driving.replace('127.0.0.1:9100', control)).ended
    expect(output).toContain('CP-1 charges, held by ')
    expect(output).toContain('a car is plugged in at connector 1 already')
    expect(code).toBe(0)
    expect(csms.transactions).toHaveLength(1)
    program.end()
    await program.ended
    await csms.stop()
  })

  test('run a station in their own process', async () => {
    const csms = await (await packed()).csms.start()
    const done = [night, overSocket.replace('ws://127.0.0.1:9000', csms.url), ownSystem]
    const outputs: string[] = []
    for (const text of done) {
      const { code, output } = await run(process.execPath, text).ended
      expect(code, output).toBe(0)
      outputs.push(output)
    }
    expect(outputs[0]).toContain('pass 1')
    expect(outputs[1]).toContain('StartTransaction')
    expect(outputs[2]).toContain('CP-7 sends BootNotification')
    await csms.stop()
  })

  test.each(nodes)('run a central system on %s', async (_name, executable) => {
    const example = run(executable, system.replace('port: 9000', 'port: 0'))
    const url = await example.said(/stations connect to (\S+)/)
    const cp = await (await packed()).station.station({ id: 'CP-1', csms: url })
    await cp.connect()
    const { code, output } = await example.ended
    expect(code, output).toBe(0)
    expect(output).toContain('NotImplemented')
    expect(output).toContain("chargePointModel: 'Simulated'")
    await cp.stop()
  })

  test.each(nodes)('read and build frames on %s', async (_name, executable) => {
    const { code, output } = await run(executable, frames).ended
    expect(output).toContain('[2,"1","Heartbeat",{}]\n')
    expect(output).toContain("{ status: 'Accepted' }")
    expect(code).toBe(0)
  })

  test.skipIf(oldNode === undefined)('say in one sentence that a station in the process needs another Node', async () => {
    const text = "await import('pilotwire/station').catch((error) => console.log(error.message))"
    const { output } = await run(nodes[1]?.[1] ?? '', text).ended
    expect(output).toBe(
      'pilotwire/station needs Node 24.12 or newer, and this is Node 20.20.2. pilotwire/control drives a station in a process of its own from any Node since 20.\n',
    )
  })
})
