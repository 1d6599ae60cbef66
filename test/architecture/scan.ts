/** What the rules need to know of a source file. Not a parser: it tells code from comments and texts, which is all they ask. */
export interface Scanned {
  /** The text at its own length and lines, with comments and the inside of texts and patterns blanked. */
  readonly code: string
  readonly imports: readonly Import[]
}

export interface Import {
  /** As written; undefined: computed while running, so that nobody can judge it. */
  readonly specifier: string | undefined
  /** `import type ... from` or `export type ... from`. */
  readonly isType: boolean
  readonly line: number
}

const shebang = /^#![^\n]*/y
const comment = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y
const quoted = /'(?:[^'\\\n]|\\[\s\S])*'?|"(?:[^"\\\n]|\\[\s\S])*"?/y
const templatePiece = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y
const pattern = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y
const word = /[\w$]+/y
/** A slash after one of these begins a pattern; after anything else it divides. After `<` it closes a tag. */
const beforePattern = /^(?:[(,=:[!&|?{;+\-*%>~^]|return|typeof|case|of|in|do|else|throw|await|yield|void|delete)?$/

/** Every `import`, `import type`, `export ... from`, `import('...')` (types too) and `require('...')` counts alike. */
const statement = /(?<![.\w$])(?:from|import)\s*(?=['"])/g
/** What stands before the `from` of an import of types. */
const typeStatement = /(?<![.\w$])(?:import|export)\s+type\s+(?:\{[^{}]*\}|[\w$]+|\*\s+as\s+[\w$]+|\*)\s*$/
const call = /(?<![.\w$])(?:import|require)\s*\(\s*/g

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

export function scan(text: string): Scanned {
  const { code, texts } = blanked(text)
  const found = [...code.matchAll(statement), ...code.matchAll(call)]
  const imports = found.map((match) => ({
    specifier: texts.get(match.index + match[0].length),
    isType: typeStatement.test(code.slice(0, match.index)),
    line: lineOf(text, match.index),
  }))
  return { code, imports: imports.sort((a, b) => a.line - b.line) }
}

function blanked(text: string): { code: string; texts: ReadonlyMap<number, string> } {
  let code = ''
  let at = 0
  let before = ''
  /** Text literals by the offset of their opening quote. */
  const texts = new Map<number, string>()
  /** For each template that is open: how many braces are open in its present `${`. */
  const templates: number[] = []
  const take = (expression: RegExp): string | undefined => {
    expression.lastIndex = at
    const found = expression.exec(text)?.[0]
    return found === undefined || found === '' ? undefined : found
  }
  const keep = (part: string) => {
    code += part
    at += part.length
    before = part
  }
  const blank = (part: string) => {
    code += part.replace(/[^\n]/g, ' ')
    at += part.length
  }
  const template = (start: number | undefined) => {
    const piece = take(templatePiece) ?? ''
    blank(piece)
    if (text.startsWith('${', at)) {
      keep('${')
      templates.push(0)
      before = '{'
    } else {
      if (start !== undefined) texts.set(start, piece)
      if (at < text.length) keep('`')
    }
  }
  const brace = (character: string) => {
    const open = templates.at(-1)
    if (open === 0 && character === '}') {
      templates.pop()
      keep(character)
      template(undefined)
      return
    }
    if (open !== undefined) templates[templates.length - 1] = open + (character === '{' ? 1 : -1)
    keep(character)
  }
  const literal = (part: string) => {
    texts.set(at, part.slice(1, -1))
    keep(part.slice(0, 1))
    blank(part.slice(1, -1))
    if (part.length > 1) keep(part.slice(-1))
  }
  while (at < text.length) {
    const character = text.charAt(at)
    const remark = take(comment) ?? (at === 0 ? take(shebang) : undefined)
    const expression = character === '/' && remark === undefined && beforePattern.test(before) ? take(pattern) : undefined
    const part = take(quoted) ?? take(word)
    if (remark !== undefined) blank(remark)
    else if (expression !== undefined) {
      blank(expression)
      before = 'pattern'
    } else if (character === '`') {
      const start = at
      keep(character)
      template(start)
    } else if (character === '{' || character === '}') brace(character)
    else if (part !== undefined && /^['"]/.test(part)) literal(part)
    else if (part !== undefined) keep(part)
    else if (/\s/.test(character)) blank(character)
    else keep(character)
  }
  return { code, texts }
}
