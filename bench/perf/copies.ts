import { Gpio } from 'onoff'

/** `node copies.ts INPUT OUTPUT`: nothing but `onoff`, one input and one output, by global number. What a guard's edge is held against. */
const [input, output] = process.argv.slice(2).map(Number)
const copy = new Gpio(output ?? 0, 'low')
const wire = new Gpio(input ?? 0, 'in', 'both')
wire.watch((_error, value) => copy.writeSync(value))
process.stdin.on('end', () => process.exit()).resume()
