// Makes a fresh clone ready: installs what package-lock.json names, proves that a fitting Node stands first, and builds the web pages.
// Called by prestart, pretest and prebuild, and by hand: `node setup.mjs`. Its first run is on whatever Node the
// machine has, so it is plain JavaScript that an old Node can still parse far enough to say what is missing.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('.', import.meta.url))
const modules = join(root, 'node_modules')
// Inside node_modules, so that it goes when they go: an interrupted `npm ci` leaves none.
const stamp = join(modules, '.pilotwire-setup')
const lock = join(root, 'package-lock.json')
const isWindows = process.platform === 'win32'
const leastHost = 20
const least = { major: 24, minor: 12 }

function stop(words) {
  process.stderr.write(`setup: ${words}\n`)
  process.exit(1)
}

function isAtLeast(version, major, minor) {
  const parts = version.replace(/^v/, '').split('.').map(Number)
  return parts[0] > major || (parts[0] === major && parts[1] >= minor)
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Optional packages of other platforms are rightly absent; those of this one (the pinned Node, binaries of the tools) must be there. */
function mayBeAbsent({ optional, os, cpu, libc }) {
  const isForHere = os !== undefined && [os].flat().includes(process.platform) && (cpu === undefined || [cpu].flat().includes(process.arch))
  return optional === true && (!isForHere || libc !== undefined)
}

/** True when a plain `npm ci` (not `--omit=dev`) of this very lock was done by hand: nothing is left to install. */
function isInstalled(lockText) {
  const found = read(join(modules, '.package-lock.json'))
  if (found === undefined) return false
  const present = JSON.parse(found).packages
  return Object.entries(JSON.parse(lockText).packages).every(([path, wanted]) => {
    const have = present[path]
    if (path === '' || (have === undefined && mayBeAbsent(wanted))) return true
    return have !== undefined && have.version === wanted.version && have.integrity === wanted.integrity
  })
}

/** Npm hands its settings down to scripts, also those of the command line (`npm start --omit=dev`, `--prefix`, `--dry-run`).
 *  `npm ci` gets only those that say where packages come from. */
function cleanEnvironment() {
  const kept =
    /^npm_config_(registry|cache|userconfig|globalconfig|(https?[-_])?proxy|noproxy|ca|cafile|cert|key|strict_ssl|fetch_\w+|maxsockets|offline|prefer_offline|local_address|.*auth.*|_*\/\/.*|@.*)$/i
  const isKept = (name) => name !== 'NODE_ENV' && (!/^npm_/i.test(name) || kept.test(name))
  // Modules of C++ are tied to one Node: they are compiled against the headers that come with the pinned one, whatever Node runs npm.
  const headers = join(modules, `node-${process.platform}-${process.arch}`)
  const compile = process.platform === 'linux' ? { npm_config_nodedir: headers, npm_package_config_node_gyp_nodedir: headers } : {}
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => isKept(name))), ...compile }
}

/** What only real hardware needs. Without one of these the simulated boards run all the same. */
const devices = { onoff: 'GPIO by sysfs', 'i2c-bus': 'I2C', serialport: 'serial lines', koffi: 'GPIO by the character device' }

/** Tries the modules of the drivers in the Node that will run them, and says what will be missing. */
function tryDevices() {
  if (process.platform !== 'linux') return
  const pinned = join(modules, '.bin', 'node')
  const node = existsSync(pinned) ? pinned : process.execPath
  for (const [name, what] of Object.entries(devices)) {
    const { status } = spawnSync(node, ['-e', `require(${JSON.stringify(name)})`], { cwd: root, stdio: 'ignore' })
    if (status === 0) continue
    process.stderr.write(
      `setup: ${name} does not load: boards with ${what} will not work on this machine. Install python3, make and g++, then delete node_modules and try again.\n`,
    )
  }
}

function install() {
  if (isWindows && realpathSync(process.execPath).startsWith(modules + sep)) {
    stop('the packages are out of date, and Windows cannot replace the Node that runs this. Call `npm ci` once, then try again.')
  }
  process.stderr.write('setup: installing packages (npm ci) ...\n')
  const flags = ['ci', '--include=dev', '--include=optional', '--include=peer', '--no-audit', '--no-fund', '--loglevel=error']
  const cli = process.env.npm_execpath
  const isNpm = cli !== undefined && basename(cli) === 'npm-cli.js'
  const command = isNpm ? process.env.npm_node_execpath || process.execPath : isWindows ? 'npm.cmd' : 'npm'
  const done = spawnSync(command, isNpm ? [cli, ...flags] : flags, {
    cwd: root,
    env: cleanEnvironment(),
    // Npm's own summary is not news to the caller: standard output belongs to the command that comes after the set-up.
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: !isNpm && isWindows,
  })
  if (done.error !== undefined) stop(`npm could not be started (${done.error.message}). Install npm 10 or newer; it comes with Node.`)
  if (done.status !== 0) stop('`npm ci` failed; its reason stands above. Nothing of a failed set-up is kept: correct the cause and call the command again.')
}

/** Npm 10 installs the pinned Node of this platform, then removes its link together with those of the other platforms' packages. */
function restoreLink(pinned) {
  const folder = `node-${isWindows ? 'win' : process.platform}-${process.arch}`
  const program = join('..', folder, 'bin', isWindows ? 'node.exe' : 'node')
  if (existsSync(pinned) || !existsSync(join(modules, '.bin', program))) return
  if (isWindows) writeFileSync(pinned, `@"%~dp0${program}" %*\r\n`)
  else symlinkSync(program, pinned)
}

function checkNode() {
  const pinned = join(modules, '.bin', isWindows ? 'node.cmd' : 'node')
  restoreLink(pinned)
  const hasPinned = existsSync(pinned)
  if (hasPinned && !isWindows && realpathSync(pinned) === realpathSync(process.execPath)) return
  if (!hasPinned) {
    if (isAtLeast(process.versions.node, least.major, least.minor)) return
    stop(
      `there is no Node package for ${process.platform}-${process.arch}, and this is Node ${process.versions.node}. ` +
        `Install Node ${least.major} (${least.major}.${least.minor} or newer) from https://nodejs.org and try again.`,
    )
  }
  const answer = spawnSync(isWindows ? `"${pinned}"` : pinned, ['--version'], { encoding: 'utf8', shell: isWindows })
  const version = (answer.stdout || '').trim()
  if (answer.status !== 0 || version === '') {
    const cause = answer.error === undefined ? (answer.stderr || '').trim() : answer.error.message
    stop(`the Node in node_modules does not run on this machine (${cause}). It needs a Linux with the GNU C library, 2.28 or newer (not Alpine).`)
  }
  if (!isAtLeast(version, least.major, least.minor)) {
    stop(`node_modules/.bin/node is ${version}, but Node ${least.major}.${least.minor} or newer is needed. Delete node_modules and try again.`)
  }
}

/** A web page, which a run from source serves too: built again when its sources or its tools are new ones.
 *  @param sources folders whose files are in it; the first one is its own */
function makePage(lockText, { name, what, sources }) {
  const program = join(root, `build-${name}.mjs`)
  if (!existsSync(join(root, sources[0]))) return
  const pageStamp = join(modules, `.pilotwire-${name}`)
  const hash = createHash('sha256').update(lockText)
  for (const tool of [program, join(root, 'build-web.mjs')]) hash.update(readFileSync(tool))
  for (const folder of sources) {
    const names = readdirSync(join(root, folder), { recursive: true }).map(String).sort()
    for (const file of names) hash.update(`${file}\n${read(join(root, folder, file)) ?? ''}`)
  }
  const wanted = `${hash.digest('hex')}\n`
  if (read(pageStamp) === wanted && existsSync(join(root, 'dist', name, 'index.html'))) return
  const pinned = join(modules, `node-${isWindows ? 'win' : process.platform}-${process.arch}`, 'bin', isWindows ? 'node.exe' : 'node')
  const done = spawnSync(existsSync(pinned) ? pinned : process.execPath, [program], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  // Charger and central system do their work without it.
  if (done.status === 0) writeFileSync(pageStamp, wanted)
  else process.stderr.write(`setup: ${what} could not be built, its reason stands above; everything else works\n`)
}

if (!isAtLeast(process.versions.node, leastHost, 0)) {
  stop(`this is Node ${process.versions.node}. Install Node ${leastHost} or newer (best: Node ${least.major}) from https://nodejs.org and try again.`)
}
const lockText = read(lock)
if (lockText === undefined) stop('package-lock.json is missing: this is not a complete copy of the repository. Clone it again.')
// The platform belongs to it: a tree that was copied to another machine holds the wrong binaries.
const expected = `${createHash('sha256').update(lockText).digest('hex')} ${process.platform}-${process.arch}\n`
if (read(stamp) !== expected) {
  const isFresh = !isInstalled(lockText)
  if (isFresh) install()
  checkNode()
  if (isFresh) tryDevices()
  writeFileSync(stamp, expected)
} else checkNode()
makePage(lockText, { name: 'page', what: "the charger's page", sources: ['src/local/web'] })
makePage(lockText, { name: 'dashboard', what: 'the dashboard', sources: ['bench/dashboard', 'src/local/web'] })
