import { isBuiltin } from 'node:module'

/** Parts of packages that a charger never uses, but that cost it milliseconds and megabytes at each start. Each is replaced by
 *  something that says so, should it be called after all. `by`: who asks for it. */
const replaced = [
  // Subcommands as programs of their own.
  { path: /^node:child_process$/, by: /\/commander\//, text: "export default { spawn() { throw new Error('child processes are not in this bundle') } }" },
  // Log transports are worker threads: 24 MB each.
  { path: /\/transport$/, by: /\/pino\//, text: "module.exports = () => { throw new Error('log transports are not in this bundle') }" },
  { path: /^worker_threads$/, by: /\/pino\//, text: 'module.exports = { isMainThread: true }' },
  { path: /^assert$/, by: /\/sonic-boom\//, text: 'module.exports = (isTrue, words) => { if (!isTrue) throw new Error(words) }' },
]

/** An esbuild plugin: a bundle that is quick to start. docs/performance.md has the figures. */
export const lean = {
  name: 'lean',
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path, importer }) => {
      const at = replaced.findIndex((each) => each.path.test(path) && each.by.test(importer))
      return at < 0 ? undefined : { path: `${at}-${path}`, namespace: 'replaced', sideEffects: false }
    })
    build.onLoad({ filter: /.*/, namespace: 'replaced' }, ({ path }) => ({ contents: replaced[Number.parseInt(path, 10)].text }))

    // An `import` of one of Node's own modules makes Node look at everything the module exports, and some of that is loaded by being
    // looked at (fs.promises, util.TextDecoder, ...): 10 ms. Only the names that are used are taken here.
    build.onResolve({ filter: /^[a-z:_/]+$/ }, ({ path, kind }) => {
      if (kind !== 'import-statement' || !isBuiltin(path)) return undefined
      return { path: path.startsWith('node:') ? path : `node:${path}`, namespace: 'builtin', sideEffects: false }
    })
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path)).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default')
      const lines = names.map((name) => `const _${name} = /* @__PURE__ */ from(${JSON.stringify(name)})\nexport { _${name} as ${name} }`)
      return {
        contents: `const whole = process.getBuiltinModule(${JSON.stringify(path)})\nconst from = (name) => whole[name]\nexport default whole\n${lines.join('\n')}`,
      }
    })

    // TypeBox does not say that its modules may be left out one by one. They may: what they do when loaded concerns themselves alone.
    build.onResolve({ filter: /.*/ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
      if (pluginData === 'asked' || kind !== 'import-statement' || !(/^typebox(?:\/|$)/.test(path) || /\/node_modules\/typebox\//.test(importer)))
        return undefined
      return { ...(await build.resolve(path, { importer, kind, resolveDir, pluginData: 'asked' })), sideEffects: false }
    })
  },
}
