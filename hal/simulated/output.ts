import type { Output } from '../types.ts'

/** Something that is switched. @param switched told when it changes */
export function simulatedOutput(switched: (isOn: boolean) => void = () => {}): Output {
  let isOn = false
  const turn = (next: boolean) => () => {
    if (isOn === next) return
    isOn = next
    switched(next)
  }
  return {
    on: turn(true),
    off: turn(false),
    get isOn() {
      return isOn
    },
  }
}
