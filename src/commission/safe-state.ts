import { spawn } from 'node:child_process'
import type { Terminal } from './terminal.ts'

/** Runs the script of `safe-state --script`: one way to safety, whether Node is there or not. Resolves to its exit code. */
export function runScript(script: string, { stdout, stderr }: Pick<Terminal, 'stdout' | 'stderr'>): Promise<number> {
  return new Promise((resolve, reject) => {
    const shell = spawn('/bin/sh', ['-s'], { stdio: ['pipe', 'pipe', 'pipe'] })
    shell.stdout.on('data', (bytes: Buffer) => stdout.write(bytes.toString()))
    shell.stderr.on('data', (bytes: Buffer) => stderr.write(bytes.toString()))
    shell.on('error', reject)
    shell.on('close', (code) => resolve(code ?? 1))
    shell.stdin.end(script)
  })
}
