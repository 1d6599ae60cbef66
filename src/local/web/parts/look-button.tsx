import { chooseLook, look, looks } from '../state/look.ts'
import { useStore } from '../state/use-store.ts'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

const lookWords = { auto: 'Colours as the device has them', light: 'Light colours', dark: 'Dark colours' } as const

/** As the device, light, dark, and round again. */
export function LookButton() {
  const present = useStore(look)
  const next = looks[(looks.indexOf(present) + 1) % looks.length] ?? 'auto'
  return (
    <Button kind="quiet" label={`${lookWords[present]}. Change.`} onPress={() => chooseLook(next)}>
      <Icon name={present} />
    </Button>
  )
}
