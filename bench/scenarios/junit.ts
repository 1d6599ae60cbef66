import type { Verdict } from './play.ts'

/** The verdicts as JUnit XML, as CI systems read it: one suite, a case per scenario. Times are those of the machine. */
export function junitOf(verdicts: readonly Verdict[], suite: { readonly name: string; readonly startedAt: string }): string {
  const count = (outcome: Verdict['outcome']) => verdicts.filter((each) => each.outcome === outcome).length
  const took = secondsOf(verdicts.reduce((sum, { tookMs }) => sum + tookMs, 0))
  const figures = `tests="${verdicts.length}" failures="${count('failed')}" errors="0" time="${took}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="pilotwire-bench" ${figures}>`,
    `  <testsuite name="${escaped(suite.name)}" ${figures} skipped="${count('skipped')}" timestamp="${suite.startedAt.replace(/\.\d+Z$/, '')}">`,
    ...verdicts.map(caseOf),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function caseOf({ scenario, outcome, words, frames, remarks, tookMs }: Verdict): string {
  const [first = ''] = words.split('\n')
  const result =
    outcome === 'failed'
      ? [`      <failure message="${escaped(first)}" type="Unmet">${escaped(words)}</failure>`]
      : outcome === 'skipped'
        ? [`      <skipped message="${escaped(first)}"/>`]
        : []
  const told = [...frames, ...remarks.map((each) => `not as OCPP 1.6 declares it: ${each}`)]
  return [
    `    <testcase name="${escaped(scenario.title)}" classname="${escaped(scenario.name)}" file="${escaped(scenario.path)}" time="${secondsOf(tookMs)}">`,
    ...result,
    ...(told.length === 0 ? [] : [`      <system-out>${escaped(told.join('\n'))}</system-out>`]),
    '    </testcase>',
  ].join('\n')
}

const secondsOf = (ms: number) => (ms / 1_000).toFixed(3)

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** XML 1.0 §2.2 has no place for most control characters, lone surrogates and two non-characters, escaped or not. */
export function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (each) => entities[each] ?? each)
}
