import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'

/** Parts of packages that a charger never uses, but that cost it milliseconds and megabytes at each start. Each is replaced by
 *  something that says so, should it be called after all. `by`: who asks for it. */
const replaced = [
  // Subcommands as programs of their own.
  { path: /^node:child_process$/, by: /\/commander\//, text: "export default { spawn() { throw new Error('child processes are not in this bundle') } }" },
  // Log transports are worker threads: 24 MB each.
  { path: /\/transport$/, by: /\/pino\//, text: "module.exports = () => { throw new Error('log transports are not in this bundle') }" },
  { path: /^worker_threads$/, by: /\/pino\//, text: 'module.exports = { isMainThread: true }' },
  // The stream of Node in a package, for browsers and old Nodes.
  { path: /^readable-stream$/, by: /\/(?:mqtt|bl)\//, text: "module.exports = require('node:stream')" },
  // Timers of browsers, and what only an environment variable would turn on.
  { path: /^worker-timers$/, by: /\/mqtt\//, text: 'module.exports = {}' },
  { path: /^debug$/, by: /\/mqtt(?:-packet)?\//, text: 'module.exports = () => () => {}' },
  { path: /^assert$/, by: /\/sonic-boom\//, text: 'module.exports = (isTrue, words) => { if (!isTrue) throw new Error(words) }' },
]

/** An esbuild plugin: a bundle that is quick to start. docs/performance.md has the figures. */
export const lean = {
  name: 'lean',
  setup(build) {
    withoutUnused(build)
    withFewBuiltins(build)
    withPartsOfTypeBox(build)
  },
}

/** The same for a Node that has no `process.getBuiltinModule`, before 20.16. */
export const leanOnOldNode = {
  name: 'lean-on-old-node',
  setup(build) {
    withoutUnused(build)
    withPartsOfTypeBox(build)
  },
}

function withoutUnused(build) {
  build.onResolve({ filter: /.*/ }, ({ path, importer }) => {
    const at = replaced.findIndex((each) => each.path.test(path) && each.by.test(importer))
    return at < 0 ? undefined : { path: `${at}-${path}`, namespace: 'replaced', sideEffects: false }
  })
  build.onLoad({ filter: /.*/, namespace: 'replaced' }, ({ path }) => ({ contents: replaced[Number.parseInt(path, 10)].text }))
}

/** An `import` of one of Node's own modules makes Node look at everything the module exports, and some of that is loaded by being
 *  looked at (fs.promises, util.TextDecoder, ...): 10 ms. Only the names that are used are taken here. */
function withFewBuiltins(build) {
  // Once for each file that asks (`suffix`): shared by all, each would be a part of its own, with every name that any lazy part uses.
  build.onResolve({ filter: /^[a-z:_/]+$/ }, ({ path, importer, kind }) => {
    if (kind !== 'import-statement' || !isBuiltin(path)) return undefined
    return { path: path.startsWith('node:') ? path : `node:${path}`, suffix: `?${importer}`, namespace: 'builtin', sideEffects: false }
  })
  build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
    const names = Object.keys(process.getBuiltinModule(path)).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default')
    const lines = names.map((name) => `const _${name} = /* @__PURE__ */ from(${JSON.stringify(name)})\nexport { _${name} as ${name} }`)
    return {
      contents: `const whole = process.getBuiltinModule(${JSON.stringify(path)})\nconst from = (name) => whole[name]\nexport default whole\n${lines.join('\n')}`,
    }
  })
}

/** TypeBox does not say that its modules may be left out one by one. They may: what they do when loaded concerns themselves alone. */
function withPartsOfTypeBox(build) {
  build.onResolve({ filter: /.*/ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
    if (pluginData === 'asked' || kind !== 'import-statement' || !(/^typebox(?:\/|$)/.test(path) || /\/node_modules\/typebox\//.test(importer)))
      return undefined
    return { ...(await build.resolve(path, { importer, kind, resolveDir, pluginData: 'asked' })), sideEffects: false }
  })
}

/** Bytes of a part that are not worth a file of its own. */
const smallPart = 4_096

/** Finding a part costs time, whatever is in it. An esbuild plugin for the second build in parts, after one that was a
 *  draft: has every part need what stands in the small shared parts that `start` loads, so that they become one.
 *  @param start our files, from the root, that the program imports one after the other when it starts */
export function fewParts({ outputs }, start) {
  const entries = Object.entries(outputs).filter(([, { entryPoint }]) => /^(?:src|hal)\b/.test(entryPoint ?? ''))
  const needs = (path) => outputs[path].imports.filter((each) => each.kind === 'import-statement' && !each.external).map((each) => each.path)
  const loaded = new Set(entries.filter(([, { entryPoint }]) => start.includes(entryPoint)).map(([path]) => path))
  for (const path of loaded) for (const each of needs(path)) loaded.add(each)
  // One that needs a larger part is left alone: everything would then need that.
  const isSmall = (path) => outputs[path].entryPoint === undefined && outputs[path].bytes < smallPart && needs(path).every(isSmall)
  const files = [...loaded].filter(isSmall).flatMap((path) => Object.keys(outputs[path].inputs))
  return {
    name: 'few-parts',
    setup(build) {
      const root = build.initialOptions.absWorkingDir
      const first = new Set(entries.map(([, { entryPoint }]) => join(root, entryPoint)))
      build.onResolve({ filter: /^few-parts$/ }, ({ path }) => ({ path, namespace: 'few-parts' }))
      build.onLoad({ filter: /.*/, namespace: 'few-parts' }, () => ({
        contents: files.map((file) => (/^(?:src|hal)\b/.test(file) ? `import './${file}';` : '')).join(''),
        resolveDir: root,
      }))
      build.onLoad({ filter: /\.ts$/ }, ({ path }) =>
        first.has(path) ? { contents: readFileSync(path, 'utf8').replace(/^(#!.*\n)?/, `$1import 'few-parts';`), loader: 'ts' } : undefined,
      )
    },
  }
}
