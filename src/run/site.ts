import type { SiteConfig } from '../config/site.ts'
import { siteWords } from '../core/site/picture.ts'
import { siteModes } from '../core/site/settings.ts'
import type { Site, SiteParts } from '../core/site/site.ts'
import { type Command, command, oneOf, optional, type Reply } from '../local/command.ts'

/** Load management as the core is given it. Loaded only where a station file sets it up. */
export async function loadSite(config: SiteConfig): Promise<(parts: SiteParts) => Site> {
  const { site } = await import('../core/site/site.ts')
  return (parts) => site(config, parts)
}

/** Rows of stations with load management. */
export const siteCommands: readonly Command[] = [
  command({
    name: 'site',
    parameters: [],
    help: 'load management: the main fuse, what the grid carries, how the cars follow the sun',
    run: ({ chargePoint }): Reply =>
      chargePoint.site === undefined
        ? 'error there is no load management here: write site into the station file'
        : `ok ${siteWords(chargePoint.site.picture())}`,
  }),
  command({
    name: 'mode',
    parameters: [optional(oneOf('mode', siteModes))],
    help: 'how the cars follow the sun: fast (not at all), min+solar (6 A at least), solar (with a surplus only); kept over restarts; without a word what it is',
    run({ chargePoint: { site } }, [mode]): Reply {
      if (site?.mode === undefined) return 'error nothing follows the sun here: write site.solar into the station file'
      if (mode !== undefined) site.setMode(mode)
      return `ok ${site.mode}`
    },
  }),
]
