import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WiredBoardSpec } from '../../hal/spec/board.ts'

/** A computer for the safe-state script: its own /sys/class/gpio and /sys/class/pwm, and programs on PATH that write down how they were called. */

/** What the programs do beside that: shell text. */
export type Programs = Readonly<Record<string, string>>

export interface Chip {
  readonly label: string
  readonly base: number
}

export interface Ran {
  readonly exitCode: number
  readonly out: string
  readonly err: string
  /** Calls of programs, words separated by one space. */
  readonly calls: readonly string[]
}

export interface Computer {
  readonly gpio: string
  readonly pwm: string
  /** Puts a file below its directory. */
  write(path: string, text: string): void
  read(path: string): string
  run(script: string, o?: { readonly shell?: string; readonly gpioRoot?: string }): Promise<Ran>
  remove(): void
}

export function computer(programs: Programs, chips: readonly Chip[] = []): Computer {
  const root = mkdtempSync(join(tmpdir(), 'safe-state-'))
  const path = (...parts: string[]) => join(root, ...parts)
  const write = (file: string, text: string) => {
    mkdirSync(join(path(file), '..'), { recursive: true })
    writeFileSync(path(file), text)
  }
  for (const directory of ['bin', 'gpio', 'pwm']) mkdirSync(path(directory))
  for (const { label, base } of chips) {
    write(`gpio/gpiochip${base}/label`, `${label}\n`)
    write(`gpio/gpiochip${base}/base`, `${base}\n`)
  }
  write('calls', '')
  for (const [name, does] of Object.entries(programs)) {
    write(`bin/${name}`, `#!/bin/sh\nprintf '%s\\n' "${name}\${*:+ }$*" >> '${path('calls')}'\n${does}\n`)
    chmodSync(path('bin', name), 0o755)
  }
  return {
    gpio: path('gpio'),
    pwm: path('pwm'),
    write,
    read: (file) => readFileSync(path(file), 'utf8'),
    async run(script, { shell = 'dash', gpioRoot = path('gpio') } = {}) {
      writeFileSync(path('calls'), '')
      const child = spawn(shell, ['-s'], { env: { PATH: `${path('bin')}:/usr/bin:/bin`, GPIO_ROOT: gpioRoot, PWM_ROOT: path('pwm') } })
      let [out, err] = ['', '']
      child.stdout.on('data', (bytes: Buffer) => {
        out += bytes.toString()
      })
      child.stderr.on('data', (bytes: Buffer) => {
        err += bytes.toString()
      })
      child.stdin.end(script)
      const exitCode = await new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)))
      return { exitCode, out, err, calls: readFileSync(path('calls'), 'utf8').split('\n').filter(Boolean) }
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** libgpiod as Raspberry Pi OS Bookworm has it: chips by label, exits by itself. */
export const libgpiod1 = (chips: readonly string[]): Programs => ({
  gpioset: `[ "$1" = --version ] && { echo 'gpioset (libgpiod) v1.6.3'; exit 0; }\ncase "$*" in *-t*|*-c*) exit 1 ;; esac\n[ "$1" = -- ] && shift\ncase "$1" in ${['gpiochip0', ...chips].join('|')}) exit 0 ;; *) exit 1 ;; esac`,
  gpiodetect: chips.map((label, at) => `echo 'gpiochip${at} [${label}] (58 lines)'`).join('\n'),
  gpiofind: `[ "$1" = -- ] && shift\n[ "$1" = RELAY1 ] && echo 'gpiochip0 22'`,
})

/** libgpiod as Trixie has it: chips by name only, and without -t 0 it never ends. There is no gpiofind. */
export const libgpiod2 = (chips: readonly string[]): Programs => ({
  gpioset: `[ "$1" = --version ] && { echo 'gpioset (libgpiod) v2.2.1'; exit 0; }\ncase "$*" in '-t 0 -c gpiochip'*|'-t 0 --by-name -- RELAY1='*) exit 0 ;; '-t 0'*) exit 1 ;; *) echo 'it would hold the line for ever' >&2; exit 1 ;; esac`,
  gpiodetect: chips.map((label, at) => `echo 'gpiochip${at} [${label}] (54 lines)'`).join('\n'),
})

/** Programs that always work. */
export const ok: Programs = { i2cset: '', stty: '', sleep: '' }

/** A board of GPIO outputs alone. */
export const boardOf = (evse: Partial<WiredBoardSpec['evses'][number]>, of: Partial<WiredBoardSpec> = {}): WiredBoardSpec => ({
  name: 'board',
  kind: 'wired',
  directory: '.',
  safety: {},
  evses: [
    {
      maxAmps: 16,
      phases: 1,
      cable: 'fixed',
      nominalVoltageV: 230,
      hasVentilation: false,
      controller: { kind: 'socket-outlet', contactor: { output: { header: 22 } } },
      ...evse,
    },
  ],
  ...of,
})
