import { onTestFinished, test } from 'vitest'
import type { Title } from './ids.ts'
import { type Rig, type RigOptions, rig } from './rig.ts'

/** A certification case: the script of the central system against a station of its own. */
export function octt(title: Title, play: (t: Rig) => Promise<void>, options: RigOptions = {}): void {
  test(title, async () => {
    const t = await rig(options)
    onTestFinished(t.close)
    await play(t)
    await t.end()
  })
}
