import { spawn } from 'node:child_process'

/** Runs the script of `safe-state --script`: one way to safety, whether Node is there or not. Resolves to its exit code. */
export function runScript(script: string, print: (text: string) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const shell = spawn('/bin/sh', ['-s'], { stdio: ['pipe', 'pipe', 'inherit'] })
    shell.stdout.on('data', (bytes: Buffer) => print(bytes.toString()))
    shell.on('error', reject)
    shell.on('close', (code) => resolve(code ?? 1))
    shell.stdin.end(script)
  })
}
