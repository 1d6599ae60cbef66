import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

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

function typeCheck(text: string): string {
  const file = join(consumer, 'consumer.ts')
  writeFileSync(file, text)
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')]
  return node(compiler, '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', ...types, file).stdout
}

beforeAll(() => {
  mkdirSync(consumer)
  npm(['pack', '--pack-destination', directory], root)
  const archive = readdirSync(directory).find((name) => name.endsWith('.tgz'))
  writeFileSync(join(consumer, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }')
  // Without the optional packages: the Node that is pinned there runs these tests already.
  npm(['install', '--prefer-offline', '--omit=optional', join(directory, archive ?? 'no archive')], consumer)
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
