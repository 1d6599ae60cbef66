import type { Finding } from '../../rest/shapes.ts'
import { Badge } from '../parts/notice.tsx'

const tones = { ok: 'good', warning: 'warn', error: 'bad' } as const
const words = { ok: 'OK', warning: 'Warning', error: 'Error' } as const

/** What was looked at, how it is, and what to do about it; what is worst first. */
export function Findings({ of, label }: { readonly of: readonly Finding[]; readonly label: string }) {
  return (
    <ul class="findings" aria-label={label}>
      {of
        .toSorted((a, b) => rank(b) - rank(a))
        .map((finding) => (
          <li key={`${finding.subject} ${finding.words}`} class={`finding ${finding.level}`}>
            <Badge tone={tones[finding.level]}>{words[finding.level]}</Badge>
            <div>
              <h3>{finding.subject}</h3>
              <p>{finding.words}</p>
              {finding.remedy !== null && <p class="finding-remedy">{finding.remedy}</p>}
            </div>
          </li>
        ))}
    </ul>
  )
}

const rank = ({ level }: Finding) => ['ok', 'warning', 'error'].indexOf(level)
