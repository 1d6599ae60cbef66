import type { Command } from 'commander'
import { httpOf, whole } from './server-flags.ts'
import type { Terminal } from './terminal.ts'

interface DemoFlags {
  readonly speed: number
  readonly http: string | undefined
  readonly frames: boolean | undefined
}

/** `pilotwire-bench demo`. */
export function addDemo(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .description('A day in a few minutes: a central system and three stations, what people do with them, and what goes wrong, told in numbered steps.')
    .helpOption('-h, --help', 'print this help')
    .option('--speed <times>', 'how many times as fast as the real time', whole('speed', 60, 100_000), 600)
    .option('--http <port|host:port|off>', 'the dashboard, to watch it (default: 8080, or any other when that is taken)')
    .option('--frames', 'tell every OCPP frame')
    .addHelpText('after', '\nExit codes: 0 every step came about, or it was ended by Ctrl-C; 1 some did not; 2 bad arguments or a port in use.')
    .exitOverride()
    .action(async (flags: DemoFlags) => {
      const ended = terminal.asked()
      const { runDemo } = await import('../demo/run.ts')
      const code = await runDemo({
        speed: flags.speed,
        http: httpOf(flags.http, '127.0.0.1'),
        isWithFrames: flags.frames ?? false,
        version: terminal.version,
        print: terminal.print,
        hasColours: terminal.hasColours,
        ended,
      })
      terminal.exitWith(code)
    })
}
