/** What is wired to what in the machine. `board.yaml` says the same in the words of a board file. */

/** The simulated chip has the label of a Raspberry Pi 4, so that `header` numbers find it. */
export const chip = { label: 'pinctrl-bcm2711', lines: 58 } as const

/** Lines of that chip. Some have names, as a device tree gives them. */
export const lines = { residualTrip: 17, contactor: 22, mirror: 23, residualTest: 24, deadMan: 25, emergencyStop: 27 } as const
export const named: Readonly<Record<number, string>> = { [lines.contactor]: 'CONTACTOR', [lines.mirror]: 'MIRROR' }

/** Ends of the null modems: the charger has the first, the plant the second. */
export const serial = { meter: ['/dev/ttyS1', '/dev/ttyS2'], reader: ['/dev/ttyS4', '/dev/ttyS5'] } as const
export const meterUnit = 1

/** The model of the I2C bus (models/i2c-model.c). */
export const i2c = { bus: 1, adc: 0x48, expander: 0x20, sensor: 0x4f, model: '/sys/kernel/i2c-model' } as const
/** Inputs of the converter, behind the peak detectors. */
export const pilotInputs = { high: 0, low: 1 } as const

/** The model of the PWM chip (models/pwm-model.c): channel 0 is the pilot. */
export const pwm = { model: '/sys/kernel/pwm-model', device: 'pwm-model', channel: 0 } as const

/** Between the pilot and the converter: -12..+12 V become 0.45..2.85 V. */
export const divider = { scale: 10, offsetV: -16.5 } as const

/** Microvolts at the converter for volts at the pilot. */
export const converterUv = (pilotV: number): number => Math.round(((pilotV - divider.offsetV) / divider.scale) * 1_000_000)
